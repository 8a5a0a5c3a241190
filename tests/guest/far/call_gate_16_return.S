// mode: prot32
// manual: SDM vol. 2 RET imm16 with a 16-bit operand size: back from a 16-bit gate, its parameters released on both stacks
// pitfall: 12
// expect: esp=0x6800 cs=0x23 ss=0x2b bx=7
  gate GDT+FREE_SELECTOR, CODE0_32, inner, 0xe4, 2
  push DATA3
  push 0x6800
  push 2
  push CODE3_32
  push offset user
  iret
inner:
  mov bx, 7
  .byte 0x66, 0xca
  .word 4
user:
  pushw 1
  pushw 2
  call_far FREE_SELECTOR|3
  done
