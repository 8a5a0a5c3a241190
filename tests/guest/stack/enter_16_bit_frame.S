// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 ENTER: RBP is FrameTemp in 64-bit mode; AMD's write the operand's 16 bits (seen on Zen 4)
// init: rbp=0x1234567890abcdef rsp=0x7f00
// expect: rsp=0x7eee
// expect[Haswell]: rbp=0x7efe
// expect[EPYC-Milan]: rbp=0x1234567890ab7efe
  enterw 0x10, 0
  hlt
