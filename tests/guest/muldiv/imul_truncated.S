// mode: real16 prot32 long64
// manual: SDM vol. 2 IMUL: CF and OF set when the result was truncated
// init: ebx=0x80000000
// expect: eax=0x80000000 flags=cf,of
  imul eax, ebx, -1
  hlt
