// mode: prot32
// needs: vme
// manual: SDM vol. 2 STI: #GP(0) with CR4.PVI, CPL 3, IOPL < 3 and VIP set
// expect-fault: gp 0 at=user flags=!vif,vip
  set_bits cr4, 2
  to_user user, 0x100002
  .section .user
user:
  sti
