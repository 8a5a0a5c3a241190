// mode: prot32 long64
// manual: SDM vol. 3 17.2.3: the processor never clears DR6.BS and the like: they add up until software clears them
// pitfall: 16
// expect-fault: db at=after dr6=0xc000/0xe00f
  mov eax, 0xffff8ff0
#if BITS == 64
  mov eax, eax
#endif
  mov dr6, a_
  push 0x102
  popf
  nop
after:
  nop
