// mode: prot32
// manual: SDM vol. 3 4.8: D is set by a write that happens, not by one that faults
// pitfall: 13
// expect-fault: pf 3 at=fault mem32[pt+0x400]=0/0x40
  .equ pt, PT32
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE, 2
  mov eax, [FREE]
fault:
  mov [FREE], eax
