// mode: long64
// manual: SDM vol. 1 3.3.4: CS, DS, ES, SS prefixes are ignored in 64-bit mode, so this is none to the stack
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rbx, 0x800000000000
fault:
  .byte 0x36
  mov rax, [rbx]
