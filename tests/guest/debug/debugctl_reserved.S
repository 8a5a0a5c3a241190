// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 4 table 2-2 IA32_DEBUGCTL: reserved bits are #GP
// expect-fault: gp 0 at=fault
  wrmsr_ 0x1d9, 3
  mov edx, 0x80000000
fault:
  wrmsr
