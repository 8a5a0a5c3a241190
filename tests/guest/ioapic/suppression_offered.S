// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 figure 11-7: version register bit 24 says that EOI broadcasts can be suppressed; SVR bit 12 is kept
// expect: ebx=0x01000000 eax=0x1000
  apic_read APIC_VERSION
  and eax, 0x01000000
  mov ebx, eax
  apic_write APIC_SVR, 0x1100 | SPURIOUS
  apic_read APIC_SVR
  and eax, 0x1000
  done
