// mode: prot32 long64
// manual: SDM vol. 2 EMMS, vol. 1 9.6.1: the tag word becomes empty, the registers keep their contents
// pitfall: 23
// expect: ftw=0 st0.lo=0x1234
  fninit
  mov eax, 0x1234
  movd mm0, eax
  emms
  hlt
