// mode: real16 prot32 long64
// manual: SDM vol. 2 SBB
// init: eax=0x5a flags=cf
// expect: al=0xff flags=cf,sf,af,!of,!zf
  sbb al, al
  hlt
