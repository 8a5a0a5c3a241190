// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.4: with CR4.PVI at CPL 3 and IOPL < 3 CLI and STI work on VIF; PUSHF shows IF itself
// expect: eax=0x80002/0xa3202 flags=!vif
  set_bits cr4, 2
  to_user user
  .section .user
user:
  sti
  pushf
  pop eax
  cli
  done
