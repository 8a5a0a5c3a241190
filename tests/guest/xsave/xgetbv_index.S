// mode: prot32 long64
// needs: xsave
// pitfall: 18
// manual: SDM vol. 2 XGETBV: #GP(0) for an ECX that names no register
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x40000
  mov ecx, 2
fault:
  xgetbv
