// mode: prot32
// cpu: pentium3 Nehalem
// manual: SDM vol. 4 IA32_EFER: only processors with SYSCALL, long mode or XD have it
// pitfall: 18
// expect-fault[pentium3]: gp 0 at=fault
// expect[Nehalem]: edx=0 eax=0
  mov ecx, 0xc0000080
fault:
  rdmsr
  hlt
