// mode: prot32 long64
// needs: xsave
// pitfall: 22
// manual: SDM vol. 1 13.8: XSTATE_BV with a bit that XCR0 lacks is #GP(0)
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  xsave [DATA]
  or dword ptr [DATA + 512], 4
fault:
  xrstor [DATA]
