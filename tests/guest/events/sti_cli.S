// mode: real16 prot32 long64
// manual: SDM vol. 2 STI: STI followed by CLI lets nothing in
// pitfall: 15
// expect: cx=2
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  cli
  add cx, 1
  add cx, 1
  hlt
