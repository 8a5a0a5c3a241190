// mode: prot32 compat32
// manual: SDM vol. 3 6.13: #GP(vector * 8 + 2) beyond the IDT limit
// expect-fault: gp LAST*8+2 at=fault
  .equ LAST, 0x40
  lidt [table]
fault:
  int 0x40
table:
  .word 0x3ff
  .long IDT
