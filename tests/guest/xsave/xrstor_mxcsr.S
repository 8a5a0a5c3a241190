// mode: prot32 long64
// needs: xsave
// pitfall: 7 22
// manual: SDM vol. 1 13.8.1: the standard form loads MXCSR whatever XSTATE_BV says, and #GP(0) for a bad one
// expect-fault: gp 0 at=fault ebx=0x1fa0
  xcr0_on 3
  mov dword ptr [DATA + 24], 0x1fa0
  mov eax, 2
  xor edx, edx
  xrstor [DATA]
  stmxcsr [DATA + 1024]
  mov ebx, dword ptr [DATA + 1024]
  mov dword ptr [DATA + 24], 0x80000000
fault:
  xrstor [DATA]
