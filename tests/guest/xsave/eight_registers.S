// mode: compat32
// needs: avx
// pitfall: 22
// manual: SDM vol. 1 13.5.2, 13.5.3: outside 64-bit mode registers 8 to 15 are neither saved nor restored
// expect: mem64[data_page+160]=0xffffffffffffffff mem64[data_page+288]=0x5555555555555555 mem64[data_page+576+128]=0x5555555555555555 xmm8.lo=0xffffffffffffffff ymm8.lo=0xffffffffffffffff xmm0.lo=0xffffffffffffffff
  avx_on
  mxcsr_ 0x1f80
  put64 DATA + 288, 0x55555555, 0x55555555
  put64 DATA + 576 + 128, 0x55555555, 0x55555555
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
  mov eax, 7
  xor edx, edx
  xsave [DATA]
  xrstor [DATA]
  hlt
