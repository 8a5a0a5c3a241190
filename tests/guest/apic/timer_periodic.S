// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.5.4: periodic mode reloads the initial count by itself
// expect: ebx=3
  handler 0x50, tick
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x20050
  apic_write APIC_TIMER_INITIAL, 50000
1:
  hlt
  cmp ebx, 3
  jb 1b
  done
tick:
  inc ebx
  eoi
  iret_
