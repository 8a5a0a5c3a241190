// mode: real16
// manual: SDM vol. 3 20.1.4: LIDT moves the interrupt table of real-address mode
// expect: cx=7
  mov word ptr [DATA + 0x80 * 4], offset target
  lidt [table]
  int 0x80
target:
  mov cx, 7
  hlt
table:
  .word 0x3ff
  .long DATA
