// mode: real16 prot32 long64
// pitfall: 16 30
// manual: SDM vol. 3 17.3.1.4, 6.8.1: a trap after each instruction, and interrupts all the same
// init: flags=if
// expect: ecx=9/0xffff
// TF stays on in the interrupted program; its handler counts and returns.
  handler 1, trap
  pushf
  pop a_
  or a_, 0x100
  push a_
  popf
  nop
  nop
  mov edx, INTERRUPT_PORT
  nop
  mov eax, 0xff
  nop
  nop
  nop
  out dx, al
  nop
  hlt
trap:
  inc cx
#if MODE_LONG64
  iretq
#elif MODE_PROT32
  iretd
#else
  iret
#endif
