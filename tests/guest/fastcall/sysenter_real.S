// mode: real16
// manual: SDM vol. 2 SYSENTER: #GP in real-address mode
// pitfall: 28
// expect-fault: gp none at=fault
  wrmsr_ 0x174, 0x10
fault:
  sysenter
