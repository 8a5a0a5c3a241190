// mode: prot32 long64
// manual: SDM vol. 2 REP, vol. 3 17.3.1.4: with a count of 0 the string instruction is one instruction: one trap behind it
// pitfall: 16 26
// expect-fault: db at=after dr6=0x4000/0x4000
// expect: flags=!rf,tf
  xor ecx, ecx
  pushf
  or word ptr [sp_], 0x100
  popf
  rep stosb
after:
  nop
