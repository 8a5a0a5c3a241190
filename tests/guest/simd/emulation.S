// mode: prot32 long64
// manual: SDM vol. 3 13.1.3: CR0.EM makes SSE instructions #UD, also with TS
// expect-fault: ud at=fault
  set_bits cr0, 0xc
fault:
  addps xmm0, xmm1
