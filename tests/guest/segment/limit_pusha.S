// mode: prot32
// manual: SDM vol. 2 PUSHAD: #SS(0) if the last word does not fit; ESP stays
// pitfall: 1 4
// expect-fault: ss 0 at=fault esp=0x12018
  descriptor FREE_SELECTOR, 0, 0x12000, 0xf7, 0x4
  push FREE_SELECTOR | 3
  push 0x12018
  push 2
  push CODE3_32
  push offset fault
  iret
  .section .user
fault:
  pusha
