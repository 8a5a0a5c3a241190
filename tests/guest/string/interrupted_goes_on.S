// mode: real16 prot32 long64
// manual: SDM vol. 2 REP: an interrupt suspends the repetition; it goes on after IRET with the counts it had
// pitfall: 26
// init: cx=0x9000 si=0
// expect: cx=0 si=0x9000 bp=1
  handler 0x55, interrupt
  xor bp, bp
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
string:
  rep lodsb
  hlt
interrupt:
  inc bp
  iret_
