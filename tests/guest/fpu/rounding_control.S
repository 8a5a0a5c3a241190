// mode: prot16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 table 4-8: 2.5 to an integer: nearest even, down, up, toward zero
// expect: mem16[data_page+2]=2 mem16[data_page+4]=2 mem16[data_page+6]=3 mem16[data_page+8]=2 mem16[data_page+10]=0xfffd
  fninit
  mov dword ptr [DATA + 64], 0x40200000
  fld dword ptr [DATA + 64]
  fist word ptr [DATA + 2]
  fcw_ 0x77f
  fist word ptr [DATA + 4]
  fchs
  fist word ptr [DATA + 10]
  fchs
  fcw_ 0xb7f
  fist word ptr [DATA + 6]
  fcw_ 0xf7f
  fist word ptr [DATA + 8]
  hlt
