// mode: prot32
// manual: SDM vol. 2 ENTER: #SS(0) if the final ESP is beyond the limit; ESP and EBP stay
// pitfall: 1 4
// init: ebp=0x1234
// expect-fault: ss 0 at=fault esp=0x12f00 ebp=0x1234
  descriptor FREE_SELECTOR, 0, 0x12000, 0xf7, 0x4
  push FREE_SELECTOR | 3
  push 0x12f00
  push 2
  push CODE3_32
  push offset fault
  iret
  .section .user
fault:
  enter 0x1000, 0
