// mode: prot32 long64
// pitfall: 16
// manual: SDM vol. 3 18.4.3: with DEBUGCTL.BTF single-step traps come after taken branches only; #DB clears BTF
// expect: ecx=there ebx=0 esi=2 edx=0
  handler 1, trap
  wrmsr_ 0x1d9, 2
  xor esi, esi
  mov eax, 0x102
  push a_
#if BITS == 64
  popfq
#else
  popfd
#endif
  inc esi
  jz there
  inc esi
  jmp there
  inc esi
there:
  inc esi
  inc esi
trap:
#if BITS == 64
  mov rcx, [rsp]
#else
  mov ecx, [esp]
#endif
  mov edi, ecx
  mov ecx, 0x1d9
  rdmsr
  mov ebx, eax
  mov ecx, edi
  hlt
