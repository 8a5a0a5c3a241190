// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.7.2: a software-disabled APIC forces the LVT mask bits to 1
// expect: ebx=0x10030 esi=0x10030 eax=0x10030
  apic_write APIC_LVT_TIMER, 0x30
  apic_write APIC_SVR, SPURIOUS
  apic_read APIC_LVT_TIMER
  mov ebx, eax
  apic_write APIC_LVT_TIMER, 0x30
  apic_read APIC_LVT_TIMER
  mov esi, eax
  apic_on
  apic_read APIC_LVT_TIMER
  done
