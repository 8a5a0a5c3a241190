// mode: prot32 long64
// manual: SDM vol. 2 RDTSC: #GP(0) with CR4.TSD and CPL > 0
// expect-fault: gp 0 at=fault
  set_bits cr4, 4
  rdtsc
  to_user fault
  .section .user
fault:
  rdtsc
