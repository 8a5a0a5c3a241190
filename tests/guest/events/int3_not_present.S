// mode: prot32
// manual: SDM vol. 3 6.13: EXT is clear for INT n and INT3
// pitfall: 9
// expect-fault: np 0x1a at=fault
  mov byte ptr [IDT + 3 * 8 + 5], 0x6e
fault:
  int3
