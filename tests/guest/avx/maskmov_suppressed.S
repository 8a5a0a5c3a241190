// mode: prot32 long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 2 VMASKMOV: no fault for elements that are not selected; a load makes them zero
// expect: xmm0.lo=0x1111111100000000 xmm0.hi=0 ymm0.lo=0 ymm0.hi=0 mem32[free_area+0xffc]=0x11111111
  avx_on
  paging_on
  mov dword ptr [FREE + 0xffc], 0x11111111
  put64 DATA, 0, 0x80000000
  vmovq xmm1, qword ptr [DATA]
  page_clear FREE + 0x1000, 1
  vcmptrueps ymm0, ymm0, ymm0
  vmaskmovps ymm0, ymm1, [FREE + 0xff8]
  vmaskmovps [FREE + 0xff8], ymm1, ymm0
  hlt
