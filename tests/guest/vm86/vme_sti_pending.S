// mode: prot32
// needs: vme
// manual: SDM vol. 2 STI: #GP(0) with CR4.VME, IOPL < 3 and VIP set
// expect-fault: gp 0 cs=0x2000 rip=0 flags=!vif,vip
  set_bits cr4, 1
  to_v86 0x120002
  .section .user
  .code16
  sti
