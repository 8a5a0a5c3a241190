// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.9.2.2: VAL_SET lets the accumulator be written, the next write is the period
// expect: ebx=4 esi=1
  handler 0x41, tick
  ioapic_pin 20, 0x41
  hpet_write 0x100, 0x294c
  hpet_write 0x108, 5000
  hpet_write 0x108, 50000
  hpet_write 0x10, 1
1:
  hlt
  cmp ebx, 4
  jb 1b
  cli
  hpet_read 0xf0
  sub eax, 155000
  cmp eax, 5000
  setb al
  movzx esi, al
  done
tick:
  inc ebx
  eoi
  iret_
