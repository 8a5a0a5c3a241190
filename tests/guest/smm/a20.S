// mode: real16 prot32 long64
// machine: pc
// manual: SDM vol. 3 32.5 and 8.7.13.4: A20M# has no effect in SMM
// expect: mem32[data_page]=0x77 mem32[data_page+4]=0x88
  smm_on handler_
  smi
  in al, 0x92
  and al, 0xfc
  out 0x92, al
  smi
  in al, 0x92
  or al, 2
  out 0x92, al
  hlt
smm_handler handler_
  mov ebx, 0x100000
  inc dword ptr es:[DATA + 8]
  cmp dword ptr es:[DATA + 8], 1
  jne 1f
  mov dword ptr [ebx], 0x77
  mov dword ptr es:[0], 0x88
  jmp 2f
1:
  mov eax, [ebx]
  mov es:[DATA], eax
  mov eax, es:[0]
  mov es:[DATA + 4], eax
2:
  smm_end
