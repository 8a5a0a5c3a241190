// mode: prot32 long64
// manual: SDM vol. 2 WRMSR: #GP(0) for reserved bits
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov ecx, 0xc0000080
  rdmsr
  or eax, 2
fault:
  wrmsr
