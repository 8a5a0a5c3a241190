// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VPGATHERDD: restarted after the fault it goes on where it was
// expect: xmm0.lo=0x2222222211111111 xmm0.hi=0x4444444433333333 xmm2.hi=0 ecx=1
  avx_on
  paging_on
  handler 14, mend
  put64 FREE + 0xff8, 0x11111111, 0x22222222
  put64 FREE + 0x1000, 0x33333333, 0x44444444
  page_clear FREE + 0x1000, 1
  put64 DATA, 0, 1
  put64 DATA + 8, 2, 3
  vmovups xmm1, [DATA]
  vpcmpeqd xmm0, xmm0, xmm0
  vpcmpeqd xmm2, xmm2, xmm2
  xor ecx, ecx
  mov b_, FREE + 0xff8
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
  hlt
mend:
  page_set FREE + 0x1000, 1
  put64 FREE + 0xff8, 0x99999999, 0x99999999
  inc ecx
  add sp_, WORD_SIZE
  iret_
