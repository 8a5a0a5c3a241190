// mode: real16
// manual: SDM vol. 2 RET imm16: SP is 16 bits wide and wraps
// pitfall: 10 4
// expect: sp=0x0e
  mov ax, 0x1000
  mov ss, ax
  mov sp, 0xfffe
  push offset target
  ret 0x10
target:
  hlt
