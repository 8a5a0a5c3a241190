// mode: long64
// needs: fsgsbase
// manual: SDM vol. 2 RDFSBASE: #UD with CR4.FSGSBASE = 0, and outside 64-bit mode
// pitfall: 18
// expect-fault: ud at=fault
fault:
  rdfsbase rax
