// mode: prot32 long64
// manual: SDM vol. 2 MOVAPS: #GP(0) if not aligned on 16 bytes
// expect-fault: gp 0 at=fault
  movups xmm0, [DATA + 8]
  movaps xmm0, [DATA + 16]
fault:
  movaps xmm0, [DATA + 8]
