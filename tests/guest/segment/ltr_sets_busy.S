// mode: prot32 long64
// manual: SDM vol. 2 LTR: the TSS is marked busy
// pitfall: 11
// expect: tr=0x40 mem8[gdt_base+0x45]=0x8b
  tss_again 104, 0x67
  hlt
