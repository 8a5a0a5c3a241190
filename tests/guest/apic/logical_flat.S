// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.6.2.2: flat model: any common bit of the destination and the LDR
// expect: eax=0xa
  apic_write APIC_LDR, 0x14000000
  logical_ipi 0x41, 0x30
  logical_ipi 0x42, 0xeb
  logical_ipi 0x43, 0xff
  apic_read APIC_IRR + 0x20
  done
