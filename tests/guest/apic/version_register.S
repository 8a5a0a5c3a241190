// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 10.4.8: an integrated APIC has version 1xH; bits 23:16 are the highest LVT entry, 5 or 6 here
// pitfall: 19
// expect: eax=0x50010/0x00fc00f0
  mmio_read APIC+APIC_VERSION
  hlt
