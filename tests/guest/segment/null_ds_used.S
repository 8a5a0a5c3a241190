// mode: prot32 compat32
// manual: SDM vol. 2 MOV: loading NULL is allowed, using it is #GP(0)
// pitfall: 1
// expect-fault: gp 0 at=fault ds=3
  mov ecx, 3
  mov ds, ecx
fault:
  mov eax, [DATA]
