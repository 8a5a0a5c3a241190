// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.4.1: timer 0 drives the 8259 input 0, timer 1 input 8 of the slave
// expect: ebx=0x28
  handler 0x28, tick
  pic_on 0x20, 0x104
  hpet_write 0x120, 0x0104
  hpet_write 0x128, 5000
  hpet_write 0x10, 3
  hlt
  hlt
tick:
  mov ebx, 0x28
  done
