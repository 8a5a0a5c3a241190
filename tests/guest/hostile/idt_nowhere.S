// mode: prot32
// pitfall: 30
// manual: SDM vol. 3 6.13, 6.15 #DF: reads of unclaimed memory give ones, and FFh is no gate
// expect-exit: shutdown
  lidt [table]
  int3
table:
  .word 0xffff
  .long 0x40000000
