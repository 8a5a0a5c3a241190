// mode: real16 prot32 long64
// manual: SDM vol. 2 RCL, RCR: a 16-bit rotate through carry counts modulo 17
// pitfall: 21
// init: ax=0x1234 flags=cf
// expect: ax=0x1234 flags=cf
  mov cl, 17
  rcl ax, cl
  mov cl, 17
  rcr ax, cl
  hlt
