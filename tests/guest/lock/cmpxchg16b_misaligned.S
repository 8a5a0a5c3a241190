// mode: long64
// needs: cx16
// manual: SDM vol. 2 CMPXCHG16B: #GP(0) if not aligned on 16 bytes
// expect-fault: gp 0 at=fault
  nop
fault:
  cmpxchg16b xmmword ptr [DATA + 8]
