// mode: prot32 long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.8.3.1: a class not above the TPR's is held until the TPR falls
// expect-fault: 0x4f none at=after
  apic_write APIC_TPR, 0x40
  self_ipi 0x4f
  nop
  nop
  apic_write APIC_TPR, 0x3f
after:
  nop
  hlt
