// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 6.15 #DF: a fault while #DF is delivered: shutdown
// expect-exit: shutdown
  absent 8
  absent 13
  mov ecx, 0x12345678
  rdmsr
  hlt
