// mode: prot32 long64
// manual: SDM vol. 3 11.6: stores by vector instructions change code like any other
// pitfall: 25
// expect: ebx=0
  movups xmm0, xmmword ptr [nops]
  movups xmmword ptr [target], xmm0
target:
  .rept 8
  mov bl, 1
  .endr
  hlt
nops:
  .fill 16, 1, 0x90
