// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 table FXAM: unsupported 0, NaN C0, normal C2, infinity C2 C0, zero C3, empty C3 C0, denormal C3 C2; C1 the sign
// expect: mem16[data_page+16]=0x4300/0x4700 mem16[data_page+18]=0x4000/0x4700 mem16[data_page+20]=0x0600/0x4700 mem16[data_page+22]=0x0500/0x4700 mem16[data_page+24]=0x0100/0x4700 mem16[data_page+26]=0x4400/0x4700 mem16[data_page+28]=0/0x4700 mem16[data_page+30]=0x4400/0x4700
.macro class at
  fxam
  fnstsw [DATA + \at]
.endm
.macro number exponent, low, high
  put80 DATA, \exponent, \low, \high
  fld tbyte ptr [DATA]
.endm
  fninit
  fld1
  fchs
  ffree st(0)
  class 16
  fninit
  fldz
  class 18
  fld1
  fchs
  class 20
  number 0x7fff, 0, 0x80000000
  class 22
  number 0x7fff, 0, 0xc0000000
  class 24
  number 0, 1, 0
  class 26
  number 0x3fff, 0, 0x40000000
  class 28
  number 0, 0, 0x80000000
  class 30
  hlt
