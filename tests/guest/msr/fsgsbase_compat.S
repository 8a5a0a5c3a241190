// mode: compat32
// needs: fsgsbase
// manual: SDM vol. 2 RDFSBASE: #UD in compatibility mode
// pitfall: 18 24
// expect-fault: ud at=fault
  set_bits cr4, 0x10000
fault:
  .byte 0xf3, 0x0f, 0xae, 0xc0
