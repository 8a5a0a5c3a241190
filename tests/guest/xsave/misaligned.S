// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 2 XSAVE: #GP(0) if not aligned on 64 bytes
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x40000
  mov eax, 1
  xor edx, edx
fault:
  xsave [DATA + 16]
