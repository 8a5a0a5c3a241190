// mode: prot32
// manual: SDM vol. 3 6.12.1, 21.4: a 16-bit gate pushes a 16-bit error code
// pitfall: 12
// expect: esp=stack_top-8 mem16[stack_top-8]=0x1000 mem16[stack_top-6]=fault
  gate IDT+13*8, CODE0_32, target, 0x87
  mov eax, 0x1000
fault:
  mov ds, eax
target:
  hlt
