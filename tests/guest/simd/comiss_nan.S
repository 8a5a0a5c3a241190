// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 COMISS, UCOMISS: unordered is ZF PF CF; only COMISS signals a quiet NaN
// expect: flags=zf,pf,cf,!of,!sf,!af eax=0x1f80 mxcsr=0x1f81
  mxcsr_ 0x1f80
  mov dword ptr [DATA], 0x7fc00000
  movss xmm0, [DATA]
  xorps xmm1, xmm1
  ucomiss xmm0, xmm1
  stmxcsr [DATA + 16]
  mov eax, dword ptr [DATA + 16]
  comiss xmm0, xmm1
  hlt
