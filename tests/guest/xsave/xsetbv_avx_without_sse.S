// mode: prot32 long64
// needs: avx
// manual: SDM vol. 2 XSETBV: #GP(0) for XCR0[2:1] = 10B
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 5
fault:
  xsetbv
