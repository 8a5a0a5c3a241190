// mode: prot32
// manual: SDM vol. 2 RET: to a 16-bit stack only SP is loaded
// pitfall: 4
// expect: esp=0x7220 ss=0x63 cs=0x23
  descriptor FREE_SELECTOR, 0x10000, 0xffff, 0xf3, 0
  push FREE_SELECTOR | 3
  push 0x12347220
  push CODE3_32
  push offset user
  retf
  .section .user
user:
  and esp, 0xffff
  done
