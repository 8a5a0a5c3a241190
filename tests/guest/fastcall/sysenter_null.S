// mode: prot32
// manual: SDM vol. 2 SYSENTER: #GP(0) if IA32_SYSENTER_CS[15:2] = 0
// pitfall: 28
// expect-fault: gp 0 at=fault
  wrmsr_ 0x174, 3
fault:
  sysenter
