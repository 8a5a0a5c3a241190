// mode: prot32 long64
// manual: SDM vol. 3 table 12-10: UC, WC, WT, WP, WB and UC- are the types a PAT entry takes
// expect: eax=0x05040100 edx=0x00000706
  wrmsr_ 0x277, 0x05040100, 0x00000706
  xor eax, eax
  xor edx, edx
  rdmsr
  hlt
