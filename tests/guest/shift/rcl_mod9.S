// mode: real16 prot32 long64
// manual: SDM vol. 2 RCL: an 8-bit rotate counts modulo 9
// pitfall: 21
// init: eax=0x81 ecx=9 flags=cf
// expect: al=0x81 flags=cf
  rcl al, cl
  hlt
