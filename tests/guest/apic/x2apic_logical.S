// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.10.1: cluster in bits 31:16, one bit a member; others do not match
// expect: eax=2 ebx=0
  x2apic_on
  x2apic_write APIC_ICR, 0x4842, 0x00010001
  x2apic_write APIC_ICR, 0x4843, 0x00000002
  x2apic_write APIC_ICR, 0x4841, 0x00000003
  x2apic_read APIC_IRR + 0x30
  mov ebx, eax
  x2apic_read APIC_IRR + 0x20
  done
