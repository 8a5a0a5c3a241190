// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 COMISS: an unmasked exception leaves EFLAGS as they were
// expect-fault: xm at=fault flags=cf,!zf,!pf mxcsr=0x1f01
  mxcsr_ 0x1f00
  mov dword ptr [DATA], 0x7fc00000
  movss xmm0, [DATA]
  mov al, 1
  test al, al
  stc
fault:
  comiss xmm0, xmm0
