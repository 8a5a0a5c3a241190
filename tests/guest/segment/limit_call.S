// mode: prot32
// manual: SDM vol. 2 CALL: #GP(0) if the target is beyond the code segment's limit; ESP stays
// pitfall: 1
// expect-fault: gp 0 at=fault esp=stack_top
  descriptor FREE_SELECTOR, 0, 0xffff, 0x9b, 0x4
  jmp_far FREE_SELECTOR, next
next:
  mov eax, 0x10000
fault:
  call eax
