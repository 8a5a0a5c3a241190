// mode: prot32 long64
// manual: SDM vol. 2 RDMSR: #GP(0) if CPL is not 0
// expect-fault: gp 0 at=fault
  to_user user
  .section .user
user:
  mov ecx, 0x10
fault:
  rdmsr
