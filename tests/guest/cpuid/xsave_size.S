// mode: prot32 long64
// needs: avx
// manual: SDM vol. 2 CPUID.0DH: EBX is the size for what XCR0 enables, ECX for all that can be; leaf 2 is AVX at 576
// expect: esi=576 edi=832 eax=256 ebx=576
  set_bits cr4, 0x40000
  mov eax, 13
  xor ecx, ecx
  cpuid
  mov esi, ebx
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  mov eax, 13
  xor ecx, ecx
  cpuid
  mov edi, ebx
  mov eax, 13
  mov ecx, 2
  cpuid
  hlt
