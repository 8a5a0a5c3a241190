// mode: prot32 long64
// manual: SDM vol. 2 STI, vol. 3 6.8.3: a fault in the shadow ends it: behind the handler's IRET the interrupt comes first
// pitfall: 15
// expect-fault: 0x55 at=again
  handler 6, undefined
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
again:
  ud2
undefined:
  iret_
