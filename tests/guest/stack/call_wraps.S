// mode: real16
// manual: SDM vol. 2 CALL; vol. 1 6.2.3: a far call's frame wraps at 64 KB
// pitfall: 4
// expect: sp=0xfffe mem16[0x10000]=0 mem16[0x1fffe]=back
  mov ax, 0x1000
  mov ss, ax
  mov word ptr ss:[0], 0x5555
  mov sp, 2
  call_far 0, target
back:
  nop
target:
  hlt
