// mode: prot32
// cpu: Haswell,-nx
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE[34]: writing 1 without the feature may be #GP
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov ecx, 0x1a0
  rdmsr
  or edx, 4
fault:
  wrmsr
