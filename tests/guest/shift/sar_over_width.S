// mode: real16 prot32 long64
// manual: SDM vol. 2 SAR: the sign fills
// pitfall: 21
// init: eax=0x80 ecx=31
// expect: al=0xff flags=cf,sf,!zf
  sar al, cl
  hlt
