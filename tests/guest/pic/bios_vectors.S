// mode: real16
// machine: pc
// init: flags=if
// manual: IBM PC/AT Technical Reference, system BIOS interrupts: IRQ 0 at vector 08h, IRQ 8 at 70h; the state a program without firmware finds
// expect-fault: 0x08 none
  pit_on 0x30, 20
  delay 600
  cli
  hlt
