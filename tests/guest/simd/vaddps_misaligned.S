// mode: long64
// needs: avx
// manual: SDM vol. 1 14.9: VEX-encoded operations accept any alignment
// expect: xmm1.lo=0x3f8000003f800000
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  mov dword ptr [DATA + 4], 0x3f800000
  mov dword ptr [DATA + 8], 0x3f800000
  xorps xmm0, xmm0
  vaddps xmm1, xmm0, [DATA + 4]
  hlt
