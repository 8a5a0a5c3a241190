// mode: prot32 long64
// needs: avx
// pitfall: 2 22
// manual: SDM vol. 2 VMASKMOV: type 6, no #AC for any mask
// expect-fault: 0xff none xmm0.lo=0
  avx_on
  set_bits cr0, 0x40000
  vcmptrueps ymm1, ymm1, ymm1
  user_data
  to_user user, 0x40002
  .section .user
user:
  vmaskmovps xmm0, xmm1, [USER_STACK - 63]
  done
