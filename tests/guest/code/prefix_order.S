// mode: real16 prot32
// manual: SDM vol. 2 2.1.1: prefixes in any order; of two segment overrides the last counts
// pitfall: 24
// expect: eax=0x1234
  mov dword ptr [DATA], 0x1234
#if BITS == 16
  mov cx, 0x1000
#else
  xor ecx, ecx
#endif
  mov gs, cx
#if BITS == 16
  .byte 0x65, 0x67, 0x2e, 0x66, 0xa1
#else
  .byte 0x65, 0x2e, 0xa1
#endif
  .long DATA
  hlt
