// mode: real16
// manual: SDM vol. 2 POPA; vol. 1 6.2.3: SP wraps at 64 KB in the middle
// pitfall: 4
// expect: sp=8 ax=0x1008 di=0x1001
  mov ax, 0x1000
  mov ss, ax
  mov word ptr ss:[0xfff8], 0x1001
  mov word ptr ss:[6], 0x1008
  mov sp, 0xfff8
  popaw
  hlt
