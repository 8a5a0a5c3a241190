// mode: prot32
// manual: SDM vol. 3 20.2.5 entering, 20.3.1 an interrupt leaves it with null data segments
// expect: flags=vm cs=0x2000 ax=0x1234 esp=0x200 ss=0x1200
  push 0x1200
  push 0x1200
  push 0x1200
  push 0x1200
  push 0x1200
  push 0x200
  push 0x23002
  push 0x2000
  push 0
  iret
  .section .user
  .code16
  mov ax, 0x1234
  int DONE_VECTOR
