// mode: prot32
// manual: SDM vol. 2 RET: #GP(0) if the return address is beyond the code segment's limit; ESP stays
// pitfall: 1
// expect-fault: gp 0 at=fault esp=stack_top-4
  descriptor FREE_SELECTOR, 0, 0xffff, 0x9b, 0x4
  jmp_far FREE_SELECTOR, next
next:
  push 0x10000
fault:
  ret
