// mode: prot32 long64
// needs: misalignsse
// pitfall: 2
// manual: APM vol. 1 4.3.2: MXCSR.MM lets packed instructions take unaligned operands, aligned moves not
// expect-fault: gp 0 at=fault xmm0.lo=0x0000000200000001
  mxcsr_ 0x21f80
  put64 DATA + 4, 1, 2
  pxor xmm0, xmm0
  paddd xmm0, [DATA + 4]
fault:
  movaps xmm1, [DATA + 4]
