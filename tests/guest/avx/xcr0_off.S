// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.4: #UD unless XCR0[2:1] = 11B
// expect-fault: ud at=fault
  avx_on
  vxorps ymm0, ymm0, ymm0
  xcr0_ 3
  addps xmm0, xmm0
fault:
  vaddps xmm0, xmm0, xmm0
