// mode: prot32 long64
// machine: pc
// pitfall: 16 20
// manual: SDM vol. 3 table 6-2: an SMI comes before the single-step trap of the instruction, which follows after RSM
// expect-fault: db at=after
// expect: mem32[data_page]=1 dr6=0x4000/0xe00f mem64[0x3ff78]=after
  smm_on handler_
  mov eax, 0x142
  push a_
#if BITS == 64
  popfq
#else
  popfd
#endif
  smi
after:
  hlt
smm_handler handler_
  inc dword ptr es:[DATA]
  smm_end
