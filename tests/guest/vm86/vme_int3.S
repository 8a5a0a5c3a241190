// mode: prot32
// needs: vme
// manual: SDM vol. 2 INT3: the one-byte form is never redirected
// expect-fault: bp cs=0x2000 rip=1
  set_bits cr4, 1
  tss_again 0x88, 0x90
  to_v86
  .section .user
  .code16
  int3
