// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 table 11-1: version, PPR and current count are read-only; no error
// expect: ebx=0x14 esi=0 edi=0 eax=0
  apic_write APIC_ESR, 0
  apic_write APIC_VERSION, 0
  apic_write APIC_PPR, 0x50
  apic_write APIC_TIMER_CURRENT, 0x50
  apic_read APIC_VERSION
  movzx ebx, al
  apic_read APIC_PPR
  mov esi, eax
  apic_read APIC_TIMER_CURRENT
  mov edi, eax
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  done
