// mode: real16 prot32 long64
// manual: SDM vol. 2 AND: OF and CF are cleared
// init: eax=0x80 flags=cf,of
// expect: al=0x80 flags=!cf,!of,sf,!zf,!pf
  and al, 0xff
  hlt
