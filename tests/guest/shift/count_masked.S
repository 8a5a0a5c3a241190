// mode: real16 prot32 long64
// manual: SDM vol. 2 SHL: the count is masked to 5 bits
// pitfall: 21
// init: eax=1 ecx=33
// expect: eax=2 flags=!cf
  shl eax, cl
  hlt
