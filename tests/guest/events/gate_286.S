// mode: prot32
// manual: SDM vol. 3 21.4: a 16-bit interrupt gate uses 16 offset bits and pushes 16-bit words
// pitfall: 12
// expect: eax=7 esp=stack_top-6 mem16[stack_top-6]=after mem16[stack_top-4]=8 mem16[stack_top-2]=2 flags=!if
  gate IDT+0x90*8, CODE0_32, target, 0x86
  mov word ptr [IDT + 0x90 * 8 + 6], 0x1234
  int 0x90
after:
  nop
target:
  mov eax, 7
  hlt
