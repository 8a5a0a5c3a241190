// mode: long64
// needs: pku
// manual: SDM vol. 2 CPUID.07H:ECX[4] follows CR4.PKE
// expect: esi=0 edi=0x10
  mov eax, 7
  xor ecx, ecx
  cpuid
  and ecx, 0x10
  mov esi, ecx
  set_bits cr4, 0x400000
  mov eax, 7
  xor ecx, ecx
  cpuid
  and ecx, 0x10
  mov edi, ecx
  hlt
