// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FBSTP: 18 decimal digits and a sign
// expect: mem64[data_page]=0x1234567890 mem16[data_page+8]=0x8000 fsw=0/0x7f
  fninit
  put64 DATA + 32, 1234567890, 0
  fild qword ptr [DATA + 32]
  fchs
  fbstp tbyte ptr [DATA]
  hlt
