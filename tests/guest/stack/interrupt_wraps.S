// mode: real16
// manual: SDM vol. 3 20.1.4: the interrupt's frame wraps at 64 KB
// pitfall: 4
// expect-fault: 0x80 none at=after sp=4 mem16[0x10002]=0x0002/0xff mem16[0x1fffe]=after
  mov ax, 0x1000
  mov ss, ax
  mov sp, 4
  int 0x80
after:
  nop
