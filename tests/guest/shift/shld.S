// mode: real16 prot32 long64
// manual: SDM vol. 2 SHLD: OF set if the sign changed in a one-bit shift
// pitfall: 21
// init: eax=0x80000001 ebx=0xf0000000
// expect: eax=3 flags=cf,of
  shld eax, ebx, 1
  hlt
