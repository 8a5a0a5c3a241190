// mode: prot32 long64
// manual: SDM vol. 3 5.6: #GP(selector) if RPL is above DPL
// pitfall: 1
// expect-fault: gp 0x18 at=fault ds=0x18
  mov ecx, DATA0 | 1
fault:
  mov ds, ecx
