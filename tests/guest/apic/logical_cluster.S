// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.6.2.2: cluster model: the same cluster (or Fh), and a common member bit
// expect: eax=0x2a
  apic_write APIC_DFR, 0x0fffffff
  apic_write APIC_LDR, 0x24000000
  logical_ipi 0x41, 0x26
  logical_ipi 0x42, 0x16
  logical_ipi 0x43, 0xf4
  logical_ipi 0x44, 0x2b
  logical_ipi 0x45, 0xff
  apic_read APIC_IRR + 0x20
  done
