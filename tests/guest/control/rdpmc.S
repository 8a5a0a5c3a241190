// mode: prot32 long64
// manual: SDM vol. 2 RDPMC: #GP(0) if CPL > 0 and CR4.PCE = 0
// expect-fault: gp 0 at=fault
  xor ecx, ecx
  to_user fault
  .section .user
fault:
  rdpmc
