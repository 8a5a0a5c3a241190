// mode: real16
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET: #UD outside 64-bit mode; APM vol. 3 SYSRET: #GP in real mode
// pitfall: 28
// expect-fault[Haswell]: ud none at=fault
// expect-fault[EPYC-Milan]: gp none at=fault
  wrmsr_ 0xc0000080, 1
fault:
  .byte 0x0f, 0x07
