// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FPREM1: the quotient is rounded to nearest: 23 = 6 * 4 - 1
// expect: mem16[data_page+8]=0x4100/0x4700 mem32[data_page]=0xffffffff
  fninit
  mov dword ptr [DATA], 4
  mov dword ptr [DATA + 4], 23
  fild dword ptr [DATA]
  fild dword ptr [DATA + 4]
  fprem1
  fnstsw [DATA + 8]
  fistp dword ptr [DATA]
  hlt
