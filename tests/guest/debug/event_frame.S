// mode: prot32 long64
// pitfall: 16
// manual: SDM vol. 3 17.2.4, 17.3.1.2: the frame of an event is data written; the trap comes after the delivery
// expect-fault: db at=entry dr6=1/0xf
// The first INT is not watched: what it touched is known to the TLB then.
#if MODE_LONG64
  .equ below, 40
#else
  .equ below, 12
#endif
  handler 0x30, entry
  int 0x30
  mov sp_, STACK
  mov eax, STACK - below
  mov dr0, a_
  mov eax, 0x000d0402
  mov dr7, a_
  mov ecx, 1
  int 0x30
  hlt
entry:
  jecxz return
  nop
return:
#if MODE_LONG64
  iretq
#else
  iretd
#endif
