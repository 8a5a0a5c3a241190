// mode: real16 prot32 long64
// manual: SDM vol. 3 17.3.1.4: the trap of a jump finds its target
// pitfall: 16
// expect-fault: db at=target
  push 0x102
  popf
  jmp target
  nop
target:
  nop
