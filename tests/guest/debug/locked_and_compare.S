// mode: prot32 long64
// manual: SDM vol. 3 17.2.4: R/W 01: CMPXCHG writes the destination also when it fails
// pitfall: 16 27
// expect-fault: db at=after dr6=1/0xf
  mov eax, DATA
  mov dr0, a_
  mov eax, 0x000d0402
  mov dr7, a_
  mov eax, 5
  lock cmpxchg [DATA], ecx
after:
  nop
