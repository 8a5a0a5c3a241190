// mode: real16
// manual: SDM vol. 1 6.2.3: SP = 0 before a push gives FFFEH
// pitfall: 4
// expect: esp=0x1111fffe mem16[0x1fffe]=0x4321
  mov ax, 0x1000
  mov ss, ax
  mov esp, 0x11110000
  push 0x4321
  hlt
