// mode: real16 prot32 compat32
// manual: SDM vol. 2 AAM: #DE if an immediate of 0 is used
// init: eax=0x1234
// expect-fault: de at=fault ax=0x1234
  nop
fault:
  .byte 0xd4, 0
