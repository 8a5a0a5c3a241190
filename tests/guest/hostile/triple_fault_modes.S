// mode: real16 prot16 long64
// pitfall: 30
// manual: SDM vol. 3 6.15 #DF: no vector of an empty table can be used, so the third fault ends in shutdown
// expect-exit: shutdown
  lidt [table]
  ud2
table:
  .word 0
  .quad IDT
