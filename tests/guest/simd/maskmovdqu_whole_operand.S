// mode: prot32 long64
// cpu: EPYC-Milan
// pitfall: 22
// manual: SDM vol. 2 MASKMOVDQU leaves it open: AMD's look at all 16 bytes, CR2 is the first that cannot be written (Zen 4)
// expect-fault: pf 2 at=fault cr2=free_area+0x1000
  paging_on
  pcmpeqd xmm0, xmm0
  pcmpeqd xmm1, xmm1
  psrldq xmm1, 8
  page_clear FREE + 0x1000, 1
  mov edi, FREE + 0xff8
fault:
  maskmovdqu xmm0, xmm1
  hlt
