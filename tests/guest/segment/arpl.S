// mode: prot32 compat32
// manual: SDM vol. 2 ARPL: RPL is raised to the source's, ZF set; else ZF clear and nothing changes
// pitfall: 10
// init: eax=0x11110010 ecx=0x22220003
// expect: eax=0x11110013 flags=zf mem16[data_page]=0x1b
  mov word ptr [DATA], 0x1b
  arpl ax, cx
  setz dl
  arpl [DATA], cx
  setz dh
  cmp dx, 1
  hlt
