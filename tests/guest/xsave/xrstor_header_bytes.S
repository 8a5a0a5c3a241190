// mode: prot32 long64
// needs: xsave
// pitfall: 22
// manual: SDM vol. 1 13.8: bytes 23:8 of the header must be zero, bytes 63:24 need not (standard form)
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  xsave [DATA]
  mov dword ptr [DATA + 512 + 24], -1
  xrstor [DATA]
  mov dword ptr [DATA + 512 + 16], 1
fault:
  xrstor [DATA]
