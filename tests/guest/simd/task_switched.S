// mode: prot32 long64
// manual: SDM vol. 3 13.1.3 table 13-1: CR0.TS makes SSE instructions #NM
// expect-fault: nm at=fault
  set_bits cr0, 8
fault:
  addps xmm0, xmm1
