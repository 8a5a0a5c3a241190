// mode: prot32
// manual: SDM vol. 2 REP: a fault leaves the registers at the faulting iteration; vol. 3 5.3
// pitfall: 1
// expect-fault: gp 0 at=fault ecx=2 esi=0x100 edi=data_page+0x804
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov esi, 0xfc
  mov edi, DATA + 0x800
  mov ecx, 6
fault:
  rep movsb
