// mode: prot32 long64
// needs: xsave
// pitfall: 3
// manual: SDM vol. 2 XSAVE: LOCK is #UD
// expect-fault: ud at=fault
  set_bits cr4, 0x40000
fault:
  .byte 0xf0
  xsave [DATA]
