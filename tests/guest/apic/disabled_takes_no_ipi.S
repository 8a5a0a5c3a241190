// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.7.2: a software-disabled APIC does not accept fixed interrupts; what is in IRR stays
// expect: eax=2
  self_ipi 0x41
  apic_write APIC_SVR, SPURIOUS
  self_ipi 0x42
  apic_read APIC_IRR + 0x20
  done
