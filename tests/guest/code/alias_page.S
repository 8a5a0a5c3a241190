// mode: prot32 long64
// manual: SDM vol. 3 11.6: code changed through another linear address is seen after a serializing instruction
// pitfall: 25
// expect: esi=1 edi=2
#if LMODE
  .equ table, PT64 + ((FREE + 0x1000) >> 12) * 8
#else
  .equ table, PT32 + ((FREE + 0x1000) >> 12) * 4
#endif
  paging_on
  mov dword ptr [table], FREE | 3
  invlpg [FREE + 0x1000]
  mov dword ptr [FREE], 0x000001b8  // mov eax, 1
  mov word ptr [FREE + 4], 0xc300   // ret
  mov b_, offset FREE
  call b_
  mov esi, eax
  mov byte ptr [FREE + 0x1001], 2
  push b_
  cpuid
  pop b_
  call b_
  mov edi, eax
  hlt
