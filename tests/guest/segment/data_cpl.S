// mode: prot32 long64
// manual: SDM vol. 3 5.6: #GP(selector) if CPL is above DPL
// pitfall: 1
// expect-fault: gp 0x18 at=fault
  to_user user
  .section .user
user:
  mov ecx, DATA0
fault:
  mov es, ecx
