// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.6.1: INIT level de-assert does not reset anybody
// expect: ebx=7
  apic_write APIC_ICR_HIGH, 0
  apic_write APIC_ICR, 0x88500
  nop
  mov ebx, 7
  done
