// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: every port of a wider access must be allowed, across bytes of the map too
// expect-fault: gp 0 at=fault
  tss_again 0x68, 0x2068
  mov byte ptr [TSS+0x68+0x68/8], 1
  to_user user
  .section .user
user:
  in al, 0x67
  in ax, 0x66
fault:
  in ax, 0x67
