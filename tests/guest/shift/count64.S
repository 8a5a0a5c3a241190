// mode: long64
// manual: SDM vol. 2 SHL: 6 bits of count with REX.W
// pitfall: 21
// init: rax=0x4000000000000001 rcx=65
// expect: rax=0x8000000000000002 flags=!cf,of,sf
  shl rax, cl
  hlt
