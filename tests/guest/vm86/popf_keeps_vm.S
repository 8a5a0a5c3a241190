// mode: prot32
// manual: SDM vol. 2 POPF: VM cannot be changed
// expect: flags=!vm cs=8
  push 0x20002
  popf
  nop
  pushf
  pop eax
  test eax, 0x20000
  jz 1f
  ud2
1:
  done
