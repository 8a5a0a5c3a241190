// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.4: CR4.OSFXSR is for the legacy forms only
// expect: ymm0.lo=0xffffffffffffffff
  avx_on
  mov a_, cr4
  and a_, ~0x200
  mov cr4, a_
  vcmptrueps ymm0, ymm0, ymm0
  hlt
