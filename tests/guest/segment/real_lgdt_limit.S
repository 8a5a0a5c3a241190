// mode: real16
// manual: SDM vol. 2 LGDT, LIDT, SGDT: known in real-address mode; #GP if the operand runs over the segment's limit
// pitfall: 1
// expect-fault: gp none at=fault
  sgdt [DATA]
fault:
  lgdt [0xfffd]
