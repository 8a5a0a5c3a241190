// mode: real16 prot32 long64
// manual: SDM vol. 2 MUL: OF and CF set if the upper half is not 0
// init: eax=0x10000 ebx=0x10000
// expect: eax=0 edx=1 flags=cf,of
  mul ebx
  hlt
