// mode: real16 prot32 long64
// manual: SDM vol. 2 SHL: a masked count of 0 affects no flags
// pitfall: 21
// init: eax=5 ecx=32 flags=cf,zf,of
// expect: eax=5 flags=cf,zf,of,!sf
  shl eax, cl
  hlt
