// mode: prot32 long64
// needs: xsave
// pitfall: 2
// manual: SDM vol. 2 XRSTOR: #GP(0) if not aligned on 64 bytes
// expect-fault: gp 0 at=fault
  xcr0_on 3
  mov eax, 3
  xor edx, edx
fault:
  xrstor [DATA + 32]
