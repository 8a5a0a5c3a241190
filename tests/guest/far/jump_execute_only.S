// mode: prot32 compat32
// manual: SDM vol. 3 3.4.5.1: execute-only code can be executed; CS gets the accessed bit
// expect: cs=0x60 mem8[gdt_base+0x65]=0x99
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x98, 0xc
  jmp_far FREE_SELECTOR, target
target:
  hlt
