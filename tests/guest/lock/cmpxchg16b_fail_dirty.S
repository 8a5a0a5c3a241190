// mode: long64
// needs: cx16
// manual: SDM vol. 2 CMPXCHG16B: a write cycle whatever the result; vol. 3 4.8
// pitfall: 27 13
// expect: flags=!zf rax=0 rdx=0 mem64[entry]=0x60/0x60
  .equ entry, PT64 + (FREE >> 12) * 8
  page_clear FREE, 0x60
  mov eax, 6
  cmpxchg16b xmmword ptr [FREE]
  hlt
