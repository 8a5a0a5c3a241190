// mode: prot32 long64
// needs: xsaves
// pitfall: 22
// manual: SDM vol. 1 13.12: #GP(0) unless XCOMP_BV[63] is set
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  xsaves [DATA]
  xrstors [DATA]
  xsave [FREE]
fault:
  xrstors [FREE]
