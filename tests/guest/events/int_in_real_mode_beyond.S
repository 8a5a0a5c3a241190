// mode: real16
// manual: SDM vol. 2 INT n: #GP in real-address mode beyond the IDT's limit
// expect-fault: gp none at=fault
  lidt [table]
fault:
  int 0x80
table:
  .word 0x1ff
  .long 0
