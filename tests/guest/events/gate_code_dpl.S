// mode: prot32
// manual: SDM vol. 2 INT n: #GP(selector) if DPL of the handler's segment is above CPL
// pitfall: 9
// expect-fault: gp 0x20 at=fault
  mov word ptr [IDT + 0x90 * 8 + 2], CODE3_32
fault:
  int 0x90
