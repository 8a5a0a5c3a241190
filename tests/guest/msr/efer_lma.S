// mode: prot32
// manual: SDM vol. 3 2.2.1: LMA is the processor's own; setting LME before paging leaves it clear
// pitfall: 18
// expect: efer=0x100
  wrmsr_ 0xc0000080, 0x100
  hlt
