// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: RF holds instruction breakpoints back for one instruction
// pitfall: 16
// expect: ebx=2 ecx=2
  handler 1, trap
  xor ebx, ebx
  xor ecx, ecx
  mov eax, offset target
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
target:
  inc ecx
  cmp ecx, 2
  jb target
  hlt
trap:
  inc ebx
#if BITS == 64
  or dword ptr [rsp + 16], 0x10000
#else
  or dword ptr [esp + 8], 0x10000
#endif
  iret_
