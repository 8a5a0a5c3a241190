// mode: real16
// manual: SDM vol. 3 20.1.1, 6.15: #GP beyond offset FFFFH in real-address mode
// pitfall: 1
// expect-fault: gp at=fault
  mov bx, 0xffff
fault:
  mov ax, [bx]
