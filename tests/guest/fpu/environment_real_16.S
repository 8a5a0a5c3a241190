// mode: real16
// pitfall: 5
// manual: SDM vol. 1 figure 8-12: linear addresses, bits 19:16 above the opcode
// expect: mem16[data_page]=0x37b mem16[data_page+6]=divide mem16[data_page+8]=0x0036 mem16[data_page+10]=0x2340 mem16[data_page+12]=0x1000
  fninit
  fcw_ 0x37b
  mov ax, 0x1230
  mov es, ax
  mov dword ptr es:[0x40], 0
  fld1
divide:
  fdiv dword ptr es:[0x40]
  fnstenv [DATA]
  hlt
