// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 2 MOVDQ2Q, MOVQ2DQ: transitions to MMX
// expect: ftw=0xff st3.lo=0xffffffffffffffff st3.hi=0xffff xmm1.lo=0xffffffffffffffff xmm1.hi=0
  fninit
  pcmpeqd xmm0, xmm0
  pcmpeqd xmm1, xmm1
  movdq2q mm3, xmm0
  movq2dq xmm1, mm3
  hlt
