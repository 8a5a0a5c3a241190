// mode: long64
// manual: SDM vol. 2 MOV: #GP(0) if SS is loaded with NULL at CPL 3
// pitfall: 1
// expect-fault: gp 0 at=fault ss=0x2b
  to_user user
  .section .user
user:
  mov ecx, 3
fault:
  mov ss, ecx
