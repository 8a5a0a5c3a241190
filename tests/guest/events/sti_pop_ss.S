// mode: real16 prot32
// manual: SDM vol. 2 POP: POP SS holds interrupts back until after the next instruction
// pitfall: 15
// init: cx=0
// expect-fault: 0x55 at=after
// expect: cx=1
  push ss
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  pop ss
  inc cx
after:
  inc cx
  hlt
