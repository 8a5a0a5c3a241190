// mode: prot32 long64
// manual: SDM vol. 3 table 6-2: #UD of decoding comes before #GP of privilege
// pitfall: 3
// expect-fault: ud at=fault
  to_user fault
  .section .user
fault:
  .byte 0xf0
  hlt
