// mode: prot32 compat32
// manual: SDM vol. 3 5.4.1: an access through a null segment register is #GP(0)
// pitfall: 1
// expect-fault: gp 0 at=fault
  xor ecx, ecx
  mov fs, ecx
fault:
  inc byte ptr fs:[DATA]
