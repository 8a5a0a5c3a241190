// mode: prot32 long64
// needs: avx2
// pitfall: 2 22
// manual: SDM vol. 2 VPGATHERDD: it does not check alignment
// expect-fault: 0xff none xmm2.lo=0 xmm2.hi=0
  avx_on
  set_bits cr0, 0x40000
  vpxor xmm1, xmm1, xmm1
  vpcmpeqd xmm2, xmm2, xmm2
  mov b_, USER_STACK - 63
  user_data
  to_user user, 0x40002
  .section .user
user:
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
  done
