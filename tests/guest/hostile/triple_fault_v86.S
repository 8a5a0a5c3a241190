// mode: prot32
// pitfall: 30
// manual: SDM vol. 3 6.15 #DF, 21.3: virtual-8086 programs use the protected-mode IDT
// expect-exit: shutdown
  lidt [table]
  push 0
  push 0
  push 0
  push 0
  push 0
  push 0x7000
  push 0x20002
  push 0
  push offset v86
  iretd
table:
  .word 0
  .long IDT
v86:
  .byte 0xf4, 0x0f, 0x0b
