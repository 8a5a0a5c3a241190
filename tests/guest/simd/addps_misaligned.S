// mode: prot32 long64
// manual: SDM vol. 2 ADDPS, vol. 1 10.4.1.1: legacy SSE memory operands are aligned
// expect-fault: gp 0 at=fault
  nop
fault:
  addps xmm0, [DATA + 4]
