// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: #GP(0) beyond the I/O permission map with CPL > IOPL
// expect-fault: gp 0 at=fault
  to_user fault
  .section .user
fault:
  in al, 0x60
