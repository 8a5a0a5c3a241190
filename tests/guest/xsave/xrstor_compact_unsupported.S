// mode: prot32 long64
// needs: xsavec
// pitfall: 22
// manual: SDM vol. 1 13.8: #GP(0) if XCOMP_BV has a bit that XCR0 lacks
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  xsavec [DATA]
  or dword ptr [DATA + 520], 4
fault:
  xrstor [DATA]
