// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: a map base at or beyond the TSS limit: no map
// expect-fault: gp 0 at=fault
  tss_again 0x2000, 0x1000
  to_user fault
  .section .user
fault:
  in al, 0
