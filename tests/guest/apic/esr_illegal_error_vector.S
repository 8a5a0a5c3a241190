// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 11.5.3: send illegal vector (bit 5); receive illegal vector (bit 6) also for an interrupt that is
// manual: generated locally from the local vector table, as the error interrupt is
// pitfall: 19
// expect: ebp=0x60
  apic_on
  apic_write APIC_ESR, 0
  apic_write APIC_LVT_ERROR, 0xf
  apic_write APIC_ICR, 0x4000f
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  mov ebp, eax
  hlt
