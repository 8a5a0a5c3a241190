// mode: prot32
// manual: SDM vol. 2 LSS: it needs no shadow and has none: the interrupt comes behind it, where STI's ends
// pitfall: 15
// expect-fault: 0x55 at=after
  mov dword ptr [DATA], STACK
  mov word ptr [DATA + 4], DATA0
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  lss esp, [DATA]
after:
  nop
  hlt
