// mode: prot32 long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.5.1: LINT0 in NMI mode: the 8259's output gives NMIs; an NMI ends HLT
// expect-fault: nmi none at=after
  pic_on 0x20, 1
  apic_write APIC_LVT_LINT0, 0x400
  pit_on 0x30, 1000
  hlt
after:
  nop
  hlt
