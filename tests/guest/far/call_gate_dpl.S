// mode: prot32
// manual: SDM vol. 3 5.8.4: #GP(selector) if the gate's DPL is below CPL or RPL
// expect-fault: gp 0x60 at=fault
  gate GDT + FREE_SELECTOR, CODE0_32, start, 0x8c
  to_user fault
  .section .user
fault:
  .byte 0x9a
  .long 0
  .word FREE_SELECTOR | 3
