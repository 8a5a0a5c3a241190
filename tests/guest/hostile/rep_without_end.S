// mode: long64
// pitfall: 26 30
// manual: SDM vol. 2 REP: a fault leaves the counts of what was done
// init: rcx=-1 rsi=free_area
// expect-fault: pf 0 at=fault cr2=free_area+0x100000 rsi=free_area+0x100000 rcx=-1-0x100000
  cld
fault:
  rep lodsb
