// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.3.3.2, table 20-2 method 3: map bit 1: #GP(0) with IOPL < 3
// expect-fault: gp 0 cs=0x2000 rip=0
  set_bits cr4, 1
  tss_again 0x88, 0x90
  mov byte ptr [TSS+0x68+0x21/8], 2
  to_v86
  .section .user
  .code16
  int 0x21
