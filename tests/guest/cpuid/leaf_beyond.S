// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 2 CPUID: above the highest basic leaf the data of that leaf is returned
// expect: eax=0
  xor eax, eax
  xor ecx, ecx
  cpuid
  mov ebp, eax
  xor ecx, ecx
  cpuid
  mov esi, eax
  mov eax, 0x0fffffff
  xor ecx, ecx
  cpuid
  sub eax, esi
  hlt
