// mode: prot32 long64
// needs: xsavec
// pitfall: 22
// manual: SDM vol. 1 13.8: in the compacted form bytes 63:16 must be zero
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  xsavec [DATA]
  xrstor [DATA]
  mov dword ptr [DATA + 512 + 24], 1
fault:
  xrstor [DATA]
