// mode: real16 prot32 long64
// manual: SDM vol. 2 BSR
// pitfall: 21
// init: ebx=0x00810001
// expect: eax=23 flags=!zf
  bsr eax, ebx
  hlt
