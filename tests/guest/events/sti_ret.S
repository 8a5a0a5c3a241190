// mode: prot32 long64
// manual: SDM vol. 2 STI: STI, RET: the interrupt comes at the return address
// pitfall: 15
// expect-fault: 0x55 at=back
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  call routine
back:
  nop
  hlt
routine:
  sti
  ret
