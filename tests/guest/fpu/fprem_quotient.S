// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FPREM: C0, C3, C1 are bits 2, 1, 0 of the quotient: 23 = 5 * 4 + 3
// expect: mem16[data_page+8]=0x0300/0x4700 mem32[data_page]=3
  fninit
  mov dword ptr [DATA], 4
  mov dword ptr [DATA + 4], 23
  fild dword ptr [DATA]
  fild dword ptr [DATA + 4]
  fprem
  fnstsw [DATA + 8]
  fistp dword ptr [DATA]
  hlt
