// mode: prot32
// manual: SDM vol. 2 POP: a fault of the destination leaves ESP as it was
// pitfall: 1
// expect-fault: gp 0 at=fault esp=stack_top-4
  push 7
  xor ecx, ecx
  mov fs, cx
fault:
  pop dword ptr fs:[0]
