// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.2: in x2APIC mode the memory-mapped registers are not there; nothing else is at FEE00000h
// expect: eax=0xffffffff
  x2apic_on
  apic_read APIC_VERSION
  done
