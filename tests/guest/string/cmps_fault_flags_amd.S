// mode: prot32 long64
// cpu: EPYC-Milan
// manual: none (SDM vol. 2 REP says otherwise): seen on Zen 4: a fault in REPE CMPS leaves the flags of the last comparison
// pitfall: 26
// init: flags=cf,of,sf,!zf,pf,af
// expect-fault: pf 0 at=fault
// expect: ecx=2 flags=!cf,!of,!sf,zf,pf,!af
  pushf
  paging_on
  page_clear FREE + 0x1000, 1
  mov esi, FREE + 0xffe
  mov edi, DATA
  mov word ptr [DATA], 0
  mov word ptr [FREE + 0xffe], 0
  mov ecx, 4
  popf
fault:
  repe cmpsb
