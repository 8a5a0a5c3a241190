// mode: long64
// manual: SDM vol. 3 4.1.1: changing LME with paging on is #GP(0)
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov ecx, 0xc0000080
  rdmsr
  and eax, ~0x100
fault:
  wrmsr
