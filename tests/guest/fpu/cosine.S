// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 1 8.3.10: an error under one unit in the last of 64 bits: cos 1 = 0.54030230586813971740...; FSINCOS: sin below it
// expect: st0.lo=0x8a51407da8345c92/0xfffffffffffffff0 st0.hi=0x3ffe st1.lo=0xd76aa47848677021/0xfffffffffffffff0 st1.hi=0x3ffe
  fninit
  fld1
  fsincos
  hlt
