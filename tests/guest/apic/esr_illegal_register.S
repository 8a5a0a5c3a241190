// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.3: an access to a reserved register sets bit 7, a write too
// expect: eax=0x80
  apic_write APIC_ESR, 0
  apic_write 0x3d0, 0
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  done
