// mode: prot32 long64
// manual: SDM vol. 2 FXSAVE: #GP(0) if not aligned on 16 bytes
// expect-fault: gp 0 at=fault
  nop
fault:
  fxsave [DATA + 8]
