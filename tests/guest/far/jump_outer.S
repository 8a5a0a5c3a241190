// mode: prot32 compat32
// manual: SDM vol. 3 5.8.1.1: #GP(selector) if DPL of nonconforming code is not CPL
// expect-fault: gp 0x20 at=fault
  nop
fault:
  jmp_far CODE3_32, start
