// mode: real16
// pitfall: 5
// manual: SDM vol. 1 figure 8-10: bits 15:0 in one doubleword, bits 31:16 in bits 27:12 of the next
// expect: mem16[data_page+12]=divide mem32[data_page+16]=0x0036 mem16[data_page+20]=0x2340 mem32[data_page+24]=0x1000
  fninit
  fcw_ 0x37b
  mov ax, 0x1230
  mov es, ax
  mov dword ptr es:[0x40], 0
  fld1
divide:
  fdiv dword ptr es:[0x40]
  .byte 0x66
  fnstenv [DATA]
  hlt
