// mode: real16 prot32 long64
// pitfall: 23
// manual: SDM vol. 1 9.6.1, table 9-1: reading an MMX register also sets TOP to 0 and all tags to valid
// expect: ftw=0xff fsw=0/0x3800 ebx=0
  fninit
  fldz
  xor ebx, ebx
  movd ebx, mm7
  hlt
