// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 2 CVTPI2PD: from a register, a transition to MMX
// expect: ftw=0xff fsw=0/0x3800 xmm0.lo=0x4000000000000000
  fninit
  mov eax, 2
  movd mm0, eax
  emms
  fld1
  cvtpi2pd xmm0, mm0
  hlt
