// mode: prot32 long64
// needs: xsave
// pitfall: 22
// manual: SDM vol. 2 XSETBV: #GP(0) at CPL 3; XGETBV runs there
// expect-fault: gp 0 at=fault eax=1 edx=0
  set_bits cr4, 0x40000
  to_user user
  .section .user
user:
  xor ecx, ecx
  xgetbv
fault:
  xsetbv
