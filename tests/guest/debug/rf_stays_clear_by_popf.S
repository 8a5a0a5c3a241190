// mode: prot32 long64
// manual: SDM vol. 2 POPF: RF is cleared, whatever the image says: the breakpoint behind it comes
// pitfall: 16
// expect-fault: db at=target
  mov eax, offset target
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
#if BITS == 64
  push 0x10002
  popfq
#else
  push 0x10002
  popfd
#endif
target:
  nop
  hlt
