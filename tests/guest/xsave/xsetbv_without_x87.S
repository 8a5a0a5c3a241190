// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 2 XSETBV: #GP(0) if XCR0[0] would be 0
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 2
fault:
  xsetbv
