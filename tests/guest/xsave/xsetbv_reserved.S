// mode: prot32 long64
// needs: xsave
// pitfall: 18
// manual: SDM vol. 2 XSETBV: #GP(0) for a bit that CPUID.0DH does not show
// expect-fault: gp 0 at=fault xcr0=1
  set_bits cr4, 0x40000
  xor ecx, ecx
  mov eax, 1
  mov edx, 0x40000000
fault:
  xsetbv
