// mode: long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.3.1, 11.8.6: CR8 = 15 holds every fixed interrupt back, but no NMI
// expect: mem32[data_page]=0xfe02
  handler 2, nmi
  handler 0xfe, interrupt
  apic_on
  mov eax, 15
  mov cr8, rax
  sti
  self_ipi 0xfe
  nmi_self
  nop
  xor eax, eax
  mov cr8, rax
  nop
  done
nmi:
  record 2
  iret_
interrupt:
  record 0xfe
  eoi
  iret_
