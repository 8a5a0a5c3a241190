// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.1.1: underflow: IE, SF, C1 = 0; the masked FSTP stores the default NaN and pops
// expect: fsw=0x0841/0x3a41 mem64[data_page]=0xfff8000000000000
  fninit
  fstp qword ptr [DATA]
  hlt
