// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.4: POPF is not changed by CR4.PVI: IF is left alone at CPL 3 with IOPL 0, VIF too
// expect: flags=!vif,!if,cf
  set_bits cr4, 2
  to_user user
  .section .user
user:
  push 0x80203
  popf
  done
