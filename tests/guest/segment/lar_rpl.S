// mode: prot32 long64
// manual: SDM vol. 2 LSL: ZF is clear if RPL is above DPL, at CPL 0 too; the register stays
// pitfall: 10
// init: eax=0x55
// expect: eax=0x55 flags=!zf
  mov ecx, DATA0 | 1
  cmp ecx, ecx
  lsl eax, ecx
  hlt
