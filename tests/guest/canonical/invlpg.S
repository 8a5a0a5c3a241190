// mode: long64
// manual: SDM vol. 2 INVLPG: a non-canonical address is not flushed and not a fault
// pitfall: 8
// expect: eax=7
  mov rbx, 0x800000000000
  invlpg [rbx]
  mov eax, 7
  hlt
