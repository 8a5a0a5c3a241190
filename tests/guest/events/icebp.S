// mode: prot32 long64
// manual: SDM vol. 3 6.3.1, vol. 2 INT1: #DB, a trap, not checked against the gate's DPL
// pitfall: 16
// expect-fault: db at=after
  to_user user
  .section .user
user:
  .byte 0xf1
after:
  nop
