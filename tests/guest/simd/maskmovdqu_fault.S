// mode: prot32 long64
// pitfall: 22
// manual: SDM vol. 2 MASKMOVDQU: a selected byte on an absent page faults; the whole store is one access, so nothing is written before
// expect-fault: pf 2 at=fault cr2=free_area+0x1000 mem8[free_area+0xffc]=0
  paging_on
  pcmpeqd xmm0, xmm0
  pcmpeqd xmm1, xmm1
  page_clear FREE + 0x1000, 1
  mov edi, FREE + 0xff8
fault:
  maskmovdqu xmm0, xmm1
