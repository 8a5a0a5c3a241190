// mode: prot32
// manual: SDM vol. 1 18.5.2, vol. 3 7.6: a 16-bit TSS has no I/O map
// expect-fault: gp 0 at=fault
  mov dword ptr [TSS+2], (DATA0 << 16) | STACK
  tss_again 0x68, 0x2068, 0x81
  to_user fault
  .section .user
fault:
  in al, 0x60
