// mode: prot32 long64
// manual: SDM vol. 3 6.13: EXT is set for a fault while an external interrupt is delivered
// pitfall: 9
// init: flags=if
// expect-fault: np 0x2ab at=after
#if MODE_LONG64
  mov byte ptr [IDT + 0x55 * 16 + 5], 0x0e
#else
  mov byte ptr [IDT + 0x55 * 8 + 5], 0x0e
#endif
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
after:
  nop
  nop
