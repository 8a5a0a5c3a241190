// mode: prot32
// manual: SDM vol. 2 PUSH, POP: with two faults possible the source is read first; ESP stays
// pitfall: 1
// expect-fault: gp 0 at=fault esp=stack_top
  xor ecx, ecx
  mov fs, cx
fault:
  push dword ptr fs:[0]
