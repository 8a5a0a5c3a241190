// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.4: unmasked on a store to memory: nothing is stored or popped
// expect: mem64[data_page+32]=0x1122334455667788 fsw=0xb888/0xb8df
  fninit
  fcw_ 0x377
  put80 DATA, 0x7ffe, 0, 0x80000000
  put64 DATA + 32, 0x55667788, 0x11223344
  fld tbyte ptr [DATA]
  fstp qword ptr [DATA + 32]
  hlt
