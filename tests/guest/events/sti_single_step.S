// mode: prot32 long64
// manual: SDM vol. 2 STI: it inhibits no debug exceptions: the single-step trap comes behind it
// pitfall: 15 16
// expect-fault: db at=after dr6=0x4000/0x4000
// expect: flags=if,tf
  pushf
  or word ptr [sp_], 0x100
  popf
  sti
after:
  nop
