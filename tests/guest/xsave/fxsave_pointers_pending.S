// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FXSAVE: FOP, FIP and FDP of the instruction with the pending exception
// expect: mem32[data_page+8]=divide mem32[data_page+16]=data_page+1024
// expect[prot32]: mem16[data_page+6]=0x035
// expect[long64]: mem16[data_page+6]=0x034
  fninit
  fcw_ 0x37b
  fld1
divide:
  fdiv dword ptr [DATA + 1024]
  fxsave [DATA]
  hlt
