// mode: prot32 long64
// needs: avx
// pitfall: 18
// manual: SDM vol. 2 CPUID 0DH: EBX is the size for what XCR0 enables now
// expect: esi=576 edi=832 ecx=832/0xffffff40
  set_bits cr4, 0x40000
  mov eax, 0xd
  xor ecx, ecx
  cpuid
  mov esi, ebx
  xcr0_ 7
  mov eax, 0xd
  xor ecx, ecx
  cpuid
  mov edi, ebx
  mov ecx, ebx
  hlt
