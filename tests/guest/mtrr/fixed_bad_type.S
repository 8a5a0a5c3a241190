// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.2.2: each byte of a fixed-range MTRR is a memory type; 3 is reserved
// expect-fault: gp 0 at=fault
  wrmsr_ 0x259, 0x06060606, 0x05040100
  mov eax, 0x06060306
fault:
  wrmsr
