// mode: real16 prot32 long64
// pitfall: 23
// manual: SDM vol. 3 table 2-2: CR0.TS makes MMX instructions #NM
// expect-fault: nm at=fault
  set_bits cr0, 8
fault:
  emms
