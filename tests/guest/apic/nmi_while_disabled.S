// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.4.7.2: a software-disabled APIC responds to NMI messages
// expect-fault: nmi none at=after
  apic_write APIC_SVR, SPURIOUS
  apic_write APIC_ICR_HIGH, 0
  apic_write APIC_ICR, 0x4400
after:
  nop
  hlt
