// mode: prot32
// manual: SDM vol. 2 IRET to the same level: EIP, CS, EFLAGS only
// expect: esp=stack_top-4 flags=cf,nt,!zf cs=8
  push 0x99
  push 0x4003
  push CODE0_32
  push offset target
  iret
target:
  hlt
