// mode: prot32 long64
// manual: SDM vol. 2 LLDT: with a null LDT every selector with TI = 1 is #GP(selector)
// expect-fault: gp 4 at=fault ldtr=0
  xor ecx, ecx
  lldt cx
  mov ecx, 4
fault:
  mov es, ecx
