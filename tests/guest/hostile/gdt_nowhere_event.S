// mode: prot32
// pitfall: 30
// manual: SDM vol. 3 6.12.1.1: a handler's segment of a lower level gives #GP, then 6.15 #DF
// expect-exit: shutdown
// All ones is code of DPL 3, and level 0 cannot call it.
  lgdt [table]
  ud2
table:
  .word 0xffff
  .long 0x40000000
