// mode: prot32 long64
// needs: xgetbv1 avx
// pitfall: 22
// manual: SDM vol. 1 13.6: XGETBV with ECX = 1: the components of XCR0 that are in use
// expect: ebx=0 esi=1 edi=5
  avx_on
  vzeroall
  mxcsr_ 0x1f80
  fninit
  mov ecx, 1
  xgetbv
  and eax, 7
  mov ebx, eax
  fld1
  xgetbv
  and eax, 7
  mov esi, eax
  vcmptrueps ymm0, ymm0, ymm0
  vxorps xmm1, xmm1, xmm1
  xorps xmm0, xmm0
  xgetbv
  and eax, 7
  mov edi, eax
  hlt
