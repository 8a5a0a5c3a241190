// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.5.3: send illegal vector (bit 5) by a write to SELF IPI of a vector below 16
// expect: eax=0x20 ebx=0
  x2apic_on
  x2apic_write APIC_SELF_IPI, 15
  x2apic_read APIC_IRR
  mov ebx, eax
  x2apic_write APIC_ESR, 0
  x2apic_read APIC_ESR
  and eax, ~0x40
  done
