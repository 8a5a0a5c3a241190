// mode: real16
// manual: SDM vol. 2 ENTER; vol. 1 6.2.3: SP wraps at 64 KB
// pitfall: 4
// init: ebp=0x2222
// expect: bp=0 sp=0xfff0 mem16[0x10000]=0x2222
  mov ax, 0x1000
  mov ss, ax
  mov sp, 2
  enter 16, 0
  hlt
