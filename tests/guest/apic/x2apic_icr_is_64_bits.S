// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.9 figure 11-28: one 64-bit ICR, destination in bits 63:32, no delivery status
// expect: eax=0x4041 edx=0x12345678
  x2apic_on
  x2apic_write APIC_ICR, 0x4041, 0x12345678
  x2apic_read APIC_ICR
  done
