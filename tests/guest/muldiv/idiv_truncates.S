// mode: real16 prot32 long64
// manual: SDM vol. 2 IDIV: truncates toward 0, the remainder has the dividend's sign
// init: edx=0xffffffff eax=-7 ebx=2
// expect: eax=-3 edx=-1
  idiv ebx
  hlt
