// mode: real16 prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 32.3: in SMM further SMIs are held, one of them; it is taken after RSM
// expect: mem32[data_page]=2 mem32[data_page+4]=0x10 mem64[0x3ff78]=after
  smm_on handler_
  smi
after:
  hlt
smm_handler handler_
  inc dword ptr es:[DATA]
  cmp dword ptr es:[DATA], 1
  jne 1f
  smi
  smi
  mov dword ptr es:[DATA + 4], 0x10
1:
  smm_end
