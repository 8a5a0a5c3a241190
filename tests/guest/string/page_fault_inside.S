// mode: prot32 long64
// manual: SDM vol. 2 REP: a fault leaves the registers at the faulting iteration
// pitfall: 26
// init: eax=0x66
// expect-fault: pf 2 at=fault
// expect: cr2=free_area+0x1000 ecx=3 edi=free_area+0x1000 mem8[free_area+0xfff]=0x66
  paging_on
  page_clear FREE + 0x1000, 1
  mov al, 0x66
  mov edi, FREE + 0xffe
  mov ecx, 5
fault:
  rep stosb
