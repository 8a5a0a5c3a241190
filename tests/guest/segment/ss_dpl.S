// mode: prot32 long64
// manual: SDM vol. 3 5.7: #GP(selector) if DPL of the stack segment is not CPL
// pitfall: 1
// expect-fault: gp 0x28 at=fault
  mov ecx, DATA3 & ~3
fault:
  mov ss, ecx
