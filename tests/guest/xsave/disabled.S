// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 2 XGETBV: #UD if CR4.OSXSAVE = 0
// expect-fault: ud at=fault
  xor ecx, ecx
fault:
  xgetbv
