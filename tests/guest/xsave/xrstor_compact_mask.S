// mode: prot32 long64
// needs: xsavec
// pitfall: 22
// manual: SDM vol. 1 13.8: #GP(0) if XSTATE_BV has a bit that XCOMP_BV lacks
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 2
  xor edx, edx
  xsavec [DATA]
  or dword ptr [DATA + 512], 1
  mov eax, 3
fault:
  xrstor [DATA]
