// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 appendix A table A-3: 0F 0D is a NOP with a register too; Zen 4 itself: #UD
// pitfall: 24
// expect-fault[EPYC-Milan]: ud at=fault
// expect[Haswell]: ecx=1
fault:
  .byte 0x0f, 0x0d, 0xc8
  inc ecx
  hlt
