// mode: prot32
// manual: SDM vol. 3 5.8.3: JMP through a gate within the level: the instruction's own offset is not used
// expect: eax=7 esp=stack_top
  gate GDT+FREE_SELECTOR, CODE0_32, target, 0x8c
  jmp_far FREE_SELECTOR, 0xffffffff
target:
  mov eax, 7
  hlt
