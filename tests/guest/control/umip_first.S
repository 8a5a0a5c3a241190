// mode: prot32 long64
// needs: umip
// manual: SDM vol. 2 SGDT: #UD of a register operand comes before #GP of CR4.UMIP
// pitfall: 24
// expect-fault: ud at=fault
  set_bits cr4, 0x800
  to_user fault
  .section .user
fault:
  .byte 0x0f, 0x01, 0xc5
