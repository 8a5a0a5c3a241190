// mode: prot32 long64
// pitfall: 30
// manual: SDM vol. 3 6.13: what is no gate gives #GP; 6.15 #DF
// expect-exit: shutdown
// The device's bytes count up from A0h: the gate of #UD is a segment, that of #GP absent and of no type, that of #DF
// a task gate beyond the GDT.
  lidt [table]
  ud2
table:
  .word 0xfff
  .quad 0xd0000
