// mode: prot32 compat32
// manual: SDM vol. 3 5.8.1.1: #GP(selector) if RPL is above CPL
// expect-fault: gp 8 at=fault
  nop
fault:
  jmp_far CODE0_32|1, start
