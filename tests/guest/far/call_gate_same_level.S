// mode: prot32
// manual: SDM vol. 3 5.8.3, vol. 2 CALL: through a gate to the same level: no stack switch, no parameters copied
// expect: esp=stack_top-12 mem32[stack_top-12]=back mem32[stack_top-8]=8 mem32[stack_top-4]=0x77
  gate GDT+FREE_SELECTOR, CODE0_32, target, 0x8c, 1
  push 0x77
  call_far FREE_SELECTOR, 0x12345678
back:
  nop
target:
  hlt
