// mode: prot32
// manual: SDM vol. 3 6.15 #SS; a fault leaves ESP as it was
// pitfall: 1
// expect-fault: ss 0 at=fault esp=0x1002 ss=0x63
  descriptor FREE_SELECTOR, 0x12000, 0xfff, 0xf3, 0x4
  push FREE_SELECTOR | 3
  push 0x1002
  push 2
  push CODE3_32
  push offset fault
  iret
  .section .user
fault:
  push eax
