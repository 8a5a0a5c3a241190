// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: above IOPL the I/O map's bits decide, one a port
// expect-fault: gp 0 at=fault
  tss_again 0x68, 0x2068
  mov byte ptr [TSS+0x68+0x60/8], 2
  to_user user
  .section .user
user:
  in al, 0x60
fault:
  in al, 0x61
