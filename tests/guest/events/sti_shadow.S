// mode: real16 prot32 long64
// manual: SDM vol. 2 STI: delivery is held back until after the next instruction
// pitfall: 15
// expect-fault: 0x55 at=after cx=1
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  add cx, 1
after:
  add cx, 1
  hlt
