// mode: real16 prot32 long64
// manual: SDM vol. 2 ROL, ROR: a count that is a multiple of the width moves nothing, but CF becomes the end bit
// pitfall: 21
// init: ax=0x0081 flags=!cf,zf
// expect: ax=0x0081 bx=1 flags=cf,zf
  mov cl, 8
  rol al, cl
  setc bl
  mov bh, 0
  clc
  cmp al, al
  mov cl, 24
  ror al, cl
  hlt
