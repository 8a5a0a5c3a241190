// mode: prot32 compat32
// manual: SDM vol. 2 MOV: #GP(0) if SS is loaded with NULL outside 64-bit mode
// expect-fault: gp 0 at=fault
  xor ecx, ecx
fault:
  mov ss, ecx
