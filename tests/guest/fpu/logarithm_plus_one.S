// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FYL2XP1, vol. 1 8.3.10: log2 1.25 = 0.32192809488736234787...
// expect: st0.lo=0xa4d3c25e68dc57f2/0xfffffffffffffff0 st0.hi=0x3ffd
  fninit
  fld1
  mov dword ptr [DATA], 0x3e800000
  fld dword ptr [DATA]
  fyl2xp1
  hlt
