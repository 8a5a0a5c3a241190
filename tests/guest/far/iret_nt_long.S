// mode: long64 compat32
// manual: SDM vol. 2 IRET: #GP(0) with NT set in IA-32e mode
// pitfall: 11
// init: flags=nt
// expect-fault: gp 0 at=fault
  nop
fault:
#if BITS == 64
  iretq
#else
  iret
#endif
