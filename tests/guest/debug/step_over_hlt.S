// mode: prot32 long64
// manual: SDM vol. 2 HLT: a debug exception ends it; vol. 3 17.3.1.4: the trap after HLT
// pitfall: 16
// expect-fault: db at=after dr6=0x4000/0x4000
  pushf
  or word ptr [sp_], 0x100
  popf
  hlt
after:
  nop
