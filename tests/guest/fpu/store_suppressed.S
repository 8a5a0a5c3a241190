// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.1: an unmasked invalid operation leaves destination and stack as they were
// expect: mem32[data_page]=0x12345678 fsw=0xb881/0xb8ff st0.lo=0xc000000000000000
  fninit
  mov dword ptr [DATA], 0x12345678
  fcw_ 0x37e
  put80 DATA + 16, 0x7fff, 0, 0xc0000000
  fld tbyte ptr [DATA + 16]
  fistp dword ptr [DATA]
  hlt
