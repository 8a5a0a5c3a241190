// mode: real16 prot32 long64
// manual: SDM vol. 2 STI: interrupts are delayed if IF was 0: a second STI adds nothing
// pitfall: 15
// init: cx=0
// expect-fault: 0x55 at=after
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  sti
after:
  inc cx
  hlt
