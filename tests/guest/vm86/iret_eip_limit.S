// mode: prot32
// manual: SDM vol. 2 IRET to virtual-8086 mode: #GP(0) if EIP is beyond FFFFH
// expect-fault: gp 0 at=fault cs=8
  push 0
  push 0
  push 0
  push 0
  push V86_STACK
  push V86_SP
  push 0x20002
  push V86_CODE
  push 0x10000
fault:
  iret
