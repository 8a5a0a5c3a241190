// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 CVTTSS2SI: the integer indefinite and IE, no PE
// expect: eax=0x80000000 ebx=0x80000000 mxcsr=0x1f81
  mxcsr_ 0x1f80
  mov dword ptr [DATA], 0x4f000000
  cvttss2si eax, [DATA]
  mov dword ptr [DATA], 0x7fc00000
  cvtss2si ebx, [DATA]
  hlt
