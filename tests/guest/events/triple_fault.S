// mode: prot32 compat32
// manual: SDM vol. 3 6.15 #DF: a fault while calling its handler ends in shutdown
// pitfall: 20 30
// expect-exit: shutdown
  lidt [table]
  ud2
table:
  .word 0
  .long IDT
