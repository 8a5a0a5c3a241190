// mode: prot32
// manual: SDM vol. 2 CALL: #NP(gate selector)
// expect-fault: np 0x60 at=fault
  gate GDT + FREE_SELECTOR, CODE0_32, start, 0x6c
  to_user fault
  .section .user
fault:
  .byte 0x9a
  .long 0
  .word FREE_SELECTOR | 3
