// mode: real16 prot32 long64 compat32
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 32.4.1, RSM: every register is as it was before the SMI, whatever the handler did
// init: ebx=0x11223344 ecx=0x22334455 esi=0x33445566 edi=0x44556677 ebp=0x5566
// expect: ebx=0x11223344 ecx=0x22334455 esi=0x33445566 edi=0x44556677 ebp=0x5566 sp=stack_top mem32[data_page]=1
// expect: flags=cf,zf,!sf,!if
  smm_on handler_
  cmp al, al
  stc
  smi
  jnc wrong
  jnz wrong
  hlt
wrong:
  ud2
smm_handler handler_
  inc dword ptr es:[DATA]
  xor ebx, ebx
  xor ecx, ecx
  mov esi, 1
  mov edi, 2
  mov ebp, 3
  mov esp, 4
  mov fs, bx
  or bx, 1
  smm_end
