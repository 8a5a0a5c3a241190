// mode: prot32 long64
// needs: amd
// pitfall: 5 23
// manual: SDM vol. 1 9.6.1: MMX instructions do not change FIP, FDP and FOP
// expect: mem32[data_page+12]=last
  fninit
last:
  fldz
  movq mm0, mm1
  paddb mm0, mm1
  fnstenv [DATA]
  hlt
