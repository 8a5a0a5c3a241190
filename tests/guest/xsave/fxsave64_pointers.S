// mode: long64
// pitfall: 5
// manual: SDM vol. 2 FXSAVE64: 64-bit FIP and FDP
// expect: mem64[data_page+8]=divide mem64[data_page+16]=data_page+1024
  fninit
  fcw_ 0x37b
  fld1
divide:
  fdiv dword ptr [DATA + 1024]
  fxsave64 [DATA]
  hlt
