// mode: long64
// needs: avx
// manual: SDM vol. 2 VMASKMOV: no fault for elements whose mask bit is 0: they become 0
// pitfall: 22
// expect: xmm1.lo=0x1111111100000000 xmm1.hi=0
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  page_clear FREE+0x1000, 1
  mov dword ptr [FREE + 0xffc], 0x11111111
  mov dword ptr [DATA + 4], 0x80000000
  movups xmm2, [DATA]
  vmaskmovps xmm1, xmm2, [FREE + 0xff8]
  hlt
