// mode: prot32 long64
// manual: SDM vol. 2 MOV CR: #UD for a register that does not exist comes before #GP of privilege
// pitfall: 24 18
// expect-fault: ud at=fault
  to_user fault
  .section .user
fault:
  .byte 0x0f, 0x20, 0xc8
