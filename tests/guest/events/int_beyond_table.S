// mode: prot32 compat32
// manual: SDM vol. 3 6.13: #GP(vector * 8 + 2) beyond the IDT limit
// pitfall: 9
// expect-fault: gp 0x202 at=fault
  lidt [table]
fault:
  int 0x40
table:
  .word 0x1ff
  .long IDT
