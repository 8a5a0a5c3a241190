// mode: real16 prot32 long64
// manual: SDM vol. 2 INC: CF is not affected
// init: eax=0xff flags=cf
// expect: al=0 flags=cf,zf,af,pf,!of,!sf
  inc al
  hlt
