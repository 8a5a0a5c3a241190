// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VGATHERQPS: two elements with four-byte data; the rest of the destination is zero
// expect: xmm0.lo=0x2222222211111111 xmm0.hi=0 xmm2.lo=0 xmm2.hi=0
  avx_on
  put64 FREE, 0x11111111, 0x22222222
  put64 DATA, 0, 0
  put64 DATA + 8, 4, 0
  vmovups xmm1, [DATA]
  vpcmpeqd xmm0, xmm0, xmm0
  vpcmpeqd xmm2, xmm2, xmm2
  mov b_, FREE
  vgatherqps xmm0, [b_ + xmm1], xmm2
  hlt
