// mode: real16 prot32 long64
// manual: SDM vol. 2 INT n: the flags as they were; an interrupt gate clears IF
// init: flags=cf,if
// expect-fault: 0x80 at=after flags=cf,if,!tf
  int 0x80
after:
  nop
