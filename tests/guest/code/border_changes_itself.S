// mode: prot32 long64
// manual: SDM vol. 3 11.6: an instruction over two pages adds its immediate, which is all in the second, to its immediate
// pitfall: 25
// expect: mem32[free_area+0x1000]=0x100000
#if BITS == 64
  .equ length, 11
#else
  .equ length, 10
#endif
  .equ at, FREE + 0x1000 + 4 - length
  cld
  mov esi, offset first
  mov edi, at
  mov ecx, length + 1
  rep movsb
  mov b_, at
  mov ecx, 20
1:
  call b_
  dec ecx
  jnz 1b
  hlt
first:
  .byte 0x81
#if BITS == 64
  .byte 0x04, 0x25
#else
  .byte 0x05
#endif
  .long FREE + 0x1000
  .long 1
  ret
