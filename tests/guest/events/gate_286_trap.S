// mode: prot32
// manual: SDM vol. 3 21.4, 6.12.1.3: a 16-bit trap gate uses 16 offset bits and leaves IF alone
// pitfall: 12
// expect: eax=7 mem16[stack_top-6]=after ebx=0x202/0x202
  gate IDT+0x90*8, CODE0_32, target, 0x87
  mov word ptr [IDT + 0x90 * 8 + 6], 0x1234
  sti
  int 0x90
after:
  nop
target:
  mov eax, 7
  pushfd
  pop ebx
  hlt
