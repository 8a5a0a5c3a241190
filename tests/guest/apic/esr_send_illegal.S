// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.3: an ICR write with a vector below 16 sets send illegal vector (bit 5)
// expect: eax=0x20
  apic_write APIC_ESR, 0
  apic_write APIC_ICR, 0x4005
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  and eax, ~0x40
  done
