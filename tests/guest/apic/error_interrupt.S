// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.5.3: an error is signalled by the LVT error entry
// expect-fault: 0x77 none at=after
  apic_write APIC_LVT_ERROR, 0x77
  apic_read 0x3f0
after:
  nop
  hlt
