// mode: real16 prot32 long64
// manual: SDM vol. 2 IDIV: the range of a quotient is -2^31 to 2^31-1
// init: edx=0xffffffff eax=0x80000000 ebx=0xffffffff
// expect-fault: de at=fault eax=0x80000000
  nop
fault:
  idiv ebx
