// mode: long64
// cpu: Haswell,+la57 EPYC-Milan,+la57
// needs: la57
// manual: SDM vol. 1 3.3.7.1: accesses go by the paging in use: 48 bits with CR4.LA57 = 0
// pitfall: 8
// expect-fault: gp 0 at=fault
  wrmsr_ 0xc0000100, 0, 0x8000
fault:
  mov eax, fs:[0]
