// mode: long64
// needs: xsaves
// pitfall: 22
// manual: SDM vol. 2 XSAVES: #GP(0) unless CPL 0
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x40000
  to_user user
  .section .user
user:
  mov eax, 1
  xor edx, edx
fault:
  xsaves [USER_STACK - 1024]
