// mode: real16 prot32 long64
// manual: SDM vol. 2 SUB; vol. 1 3.4.3.1
// expect: al=0xff flags=cf,sf,af,pf,!of,!zf
  mov al, 0
  sub al, 1
  hlt
