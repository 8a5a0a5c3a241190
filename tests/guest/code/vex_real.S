// mode: real16
// manual: SDM vol. 2 2.3.5, 2.4: VEX is not recognized in real-address mode: LDS with a register: #UD
// pitfall: 24
// expect-fault: ud at=fault
fault:
  .byte 0xc5, 0xf0, 0x57, 0xc9
