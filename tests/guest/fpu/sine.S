// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 1 8.3.10: an error under one unit in the last of 64 bits: sin 1 = 0.84147098480789650665...
// expect: st0.lo=0xd76aa47848677021/0xfffffffffffffff0 st0.hi=0x3ffe fsw=0/0x400
  fninit
  fld1
  fsin
  hlt
