// mode: real16 prot32 compat32
// manual: SDM vol. 2 DAA, the example
// init: eax=0x79 ebx=0x35
// expect: al=0x14 flags=cf,af,pf,!sf,!zf
  add al, bl
  daa
  hlt
