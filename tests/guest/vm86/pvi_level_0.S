// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.4: CR4.PVI concerns CPL 3 alone
// expect: eax=0x202/0x80202
  set_bits cr4, 2
  sti
  pushf
  cli
  pop eax
  hlt
