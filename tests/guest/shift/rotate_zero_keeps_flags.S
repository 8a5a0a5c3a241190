// mode: prot32 long64
// manual: SDM vol. 2 RCL, ROL: a masked count of 0 changes no flag
// pitfall: 21
// init: eax=0x80000001 flags=cf,of,zf
// expect: eax=0x80000001 flags=cf,of,zf
  mov cl, 32
  rol eax, cl
  rcl eax, cl
  rcr eax, cl
  hlt
