// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 appendix D.3: only waiting instructions see the error
// expect: bx=1 ax=0x8084/0x8084
  ne_off
  zero_divide
  fnstsw ax
  fnclex
  fwait
  mov bx, 1
  hlt
