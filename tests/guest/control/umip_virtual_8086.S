// mode: prot32
// needs: umip
// manual: SDM vol. 2 SMSW, SGDT: #GP(0) with CR4.UMIP in virtual-8086 mode; SLDT and STR stay #UD
// expect-fault: gp 0 cs=0x2000 rip=0
  set_bits cr4, 0x800
  to_v86 0x23002
  .section .user
  .code16
  smsw ax
