// mode: compat32
// needs: avx
// pitfall: 22
// manual: SDM vol. 2 VZEROUPPER: outside 64-bit mode registers 8 to 15 are left alone
// expect: ymm0.lo=0 ymm8.lo=0xffffffffffffffff xmm8.lo=0xffffffffffffffff
  avx_on
  jmp CODE0_64:wide
  .code64
wide:
  vcmptrueps ymm8, ymm8, ymm8
  vmovaps ymm0, ymm8
  push CODE0_32
  mov eax, offset narrow
  push rax
  .byte 0x48, 0xcb  // RETFQ
  .code32
narrow:
  vzeroall
  hlt
