// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 figures 11-13, 11-14: DFR bits 27:0 are ones, LDR bits 23:0 zeros
// expect: eax=0x12000000 ebx=0x0fffffff
  apic_write APIC_DFR, 0
  apic_read APIC_DFR
  mov ebx, eax
  apic_write APIC_LDR, 0x12345678
  apic_read APIC_LDR
  done
