// mode: long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.3.1: an interrupt gets through if its class is above the priority class; CR8 has no subclass
// expect: mem32[data_page]=0x60
  handler 0x5f, low
  handler 0x60, high
  apic_on
  mov eax, 5
  mov cr8, rax
  sti
  self_ipi 0x5f
  self_ipi 0x60
  nop
  done
low:
  record 0x5f
  iret_
high:
  record 0x60
  eoi
  iret_
