// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.3: a write brings the register up to date and clears what was logged before
// expect: ebx=0 esi=0x80 eax=0
  apic_write APIC_ESR, 0
  apic_read 0x40
  apic_read APIC_ESR
  mov ebx, eax
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  mov esi, eax
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  done
