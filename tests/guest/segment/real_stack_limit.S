// mode: real16
// manual: SDM vol. 3 20.1.1, 6.15 #SS: an operand in SS beyond offset FFFFH, in real-address mode without error code
// pitfall: 4
// expect-fault: ss none at=fault
  mov bp, 0xffff
fault:
  mov ax, [bp]
