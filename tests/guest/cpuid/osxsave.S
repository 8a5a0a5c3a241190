// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 2 CPUID.01H:ECX[27] follows CR4.OSXSAVE
// expect: esi=0 edi=0x8000000
  mov eax, 1
  cpuid
  and ecx, 0x8000000
  mov esi, ecx
  set_bits cr4, 0x40000
  mov eax, 1
  cpuid
  and ecx, 0x8000000
  mov edi, ecx
  hlt
