// mode: prot32
// cpu: max,-nx
// manual: SDM vol. 3 4.1.4: NXE is reserved without the feature: #GP(0)
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov ecx, 0xc0000080
  rdmsr
  or eax, 0x800
fault:
  wrmsr
