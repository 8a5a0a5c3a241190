// mode: prot32
// manual: SDM vol. 2 INT n: #GP(vector * 8 + 2) if the gate's DPL is below 3
// expect-fault: gp 0x102 cs=0x2000 rip=0
  to_v86 0x23002
  .section .user
  .code16
  int 0x20
