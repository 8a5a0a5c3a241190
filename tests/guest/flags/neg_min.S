// mode: real16 prot32 long64
// manual: SDM vol. 2 NEG: CF is 0 only for a zero operand
// init: eax=0x80000000
// expect: eax=0x80000000 flags=of,cf,sf,!zf
  neg eax
  hlt
