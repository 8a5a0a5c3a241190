// mode: prot32
// manual: SDM vol. 2 POP: a fault of the segment load leaves ESP as it was
// pitfall: 1
// expect-fault: gp 0x1000 at=fault esp=stack_top-4 es=0x18
  push 0x1000
fault:
  pop es
