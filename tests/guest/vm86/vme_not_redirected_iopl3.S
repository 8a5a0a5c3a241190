// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.3.3.3, table 20-2 method 4: map bit 1 with IOPL 3: through the IDT
// expect-fault: 0x90 none cs=0x2000 rip=2
  set_bits cr4, 1
  tss_again 0x88, 0x90
  mov byte ptr [TSS+0x68+0x90/8], 1
  to_v86 0x23002
  .section .user
  .code16
  int 0x90
