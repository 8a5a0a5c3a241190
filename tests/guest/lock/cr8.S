// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 2 LOCK: #UD with MOV from CR0 on Intel's processors
// pitfall: 3
// expect-fault: ud at=fault
fault:
  .byte 0xf0, 0x0f, 0x20, 0xc0
