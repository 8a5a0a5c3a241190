// mode: long64
// manual: APM vol. 3 BSF, BSR: with a source of 0 the destination stays; the host itself: all 64 bits of it, in 32-bit forms too
// pitfall: 21
// init: rax=-1 rbx=0x1234567890abcdef
// expect: rax=-1 rbx=0x1234567890abcdef flags=zf
  mov ecx, 0
  bsf eax, ecx
  bsr ebx, ecx
  hlt
