// mode: prot32 long64
// cpu: Haswell
// pitfall: 22
// manual: SDM vol. 2 MASKMOVDQU: no fault for bytes that are not selected
// expect: mem64[free_area+0xff8]=0xffffffffffffffff
  paging_on
  pcmpeqd xmm0, xmm0
  pcmpeqd xmm1, xmm1
  psrldq xmm1, 8
  page_clear FREE + 0x1000, 1
  mov edi, FREE + 0xff8
  maskmovdqu xmm0, xmm1
  hlt
