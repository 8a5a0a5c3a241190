// mode: prot32 long64
// manual: SDM vol. 2 REP: OUTS leaves exact counts at a fault
// pitfall: 26
// expect-fault: pf 0 at=fault
// expect: ecx=2 esi=free_area+0x1000
  paging_on
  page_clear FREE + 0x1000, 1
  mov edx, 0x80
  mov esi, FREE + 0xffe
  mov ecx, 4
fault:
  rep outsb
