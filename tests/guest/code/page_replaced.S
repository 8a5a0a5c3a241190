// mode: prot32 long64
// manual: SDM vol. 3 4.10.4.1: after INVLPG the page's new frame is what is executed, and the old one again later
// pitfall: 25
// expect: esi=1 edi=2 ebp=1
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
#endif
  paging_on
  mov dword ptr [FREE], 0x000001b8  // mov eax, 1; ret
  mov word ptr [FREE + 4], 0xc300
  mov dword ptr [FREE + 0x1000], 0x000002b8
  mov word ptr [FREE + 0x1004], 0xc300
  mov b_, offset FREE
  call b_
  mov esi, eax
  mov dword ptr [entry], (FREE + 0x1000) | 3
  invlpg [FREE]
  call b_
  mov edi, eax
  mov dword ptr [entry], FREE | 3
  invlpg [FREE]
  call b_
  mov ebp, eax
  hlt
