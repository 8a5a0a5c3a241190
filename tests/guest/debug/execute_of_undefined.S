// mode: prot32 long64
// manual: SDM vol. 3 table 6-2: the instruction breakpoint comes before #UD
// pitfall: 16
// expect-fault: db at=target
  mov eax, offset target
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
target:
  ud2
