// mode: prot32
// manual: SDM vol. 3 20.2.7: CLI in virtual-8086 mode with IOPL < 3 is #GP(0)
// expect-fault: gp 0 cs=0x2000 rip=0 flags=vm
  push 0
  push 0
  push 0
  push 0
  push 0x1200
  push 0x200
  push 0x20002
  push 0x2000
  push 0
  iret
  .section .user
  .code16
  cli
