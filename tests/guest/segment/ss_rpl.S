// mode: prot32 long64
// manual: SDM vol. 3 5.7: #GP(selector) if RPL of the stack selector is not CPL
// pitfall: 1
// expect-fault: gp 0x18 at=fault
  mov ecx, DATA0 | 3
fault:
  mov ss, ecx
