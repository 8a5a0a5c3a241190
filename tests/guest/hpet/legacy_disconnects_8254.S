// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.4.1: with LEG_RT_CNF the 8254 gives no interrupt
// expect: ebx=0
  handler 0x20, tick
  pic_on 0x20, 1
  hpet_write 0x10, 2
  pit_on 0x30, 20
  delay 1000
  cli
  done
tick:
  inc ebx
  out_ 0x20, 0x20
  iret_
