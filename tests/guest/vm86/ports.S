// mode: prot32
// manual: SDM vol. 3 20.2.8: in virtual-8086 mode the I/O map alone decides, whatever IOPL is
// expect-fault: gp 0 cs=0x2000 rip=2
  tss_again 0x68, 0x2068
  mov byte ptr [TSS+0x68+8], 1
  to_v86 0x23002
  .section .user
  .code16
  in al, 0x3f
  in al, 0x40
