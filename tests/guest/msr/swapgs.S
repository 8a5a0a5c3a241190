// mode: long64
// manual: SDM vol. 2 SWAPGS: #UD outside 64-bit mode, #GP(0) if CPL is not 0; exchanges GS.base and KERNEL_GS_BASE
// expect-fault: gp 0 at=fault gs.base=data_page
  wrmsr_ 0xc0000101, FREE
  wrmsr_ 0xc0000102, DATA
  swapgs
  to_user fault
  .section .user
fault:
  swapgs
