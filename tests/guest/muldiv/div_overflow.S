// mode: real16 prot32 long64
// manual: SDM vol. 2 DIV: #DE if the quotient does not fit
// init: eax=0x100 ebx=1
// expect-fault: de at=fault ax=0x100
  nop
fault:
  div bl
