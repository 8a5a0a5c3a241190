// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FXRSTOR: the pointers are the image's; FNSTENV shows them
// expect: mem32[free_area+12]=0x12345678 mem16[free_area+18]=0x123 mem32[free_area+20]=0x1abcdef0
  zero_divide
  fxsave [DATA]
  mov word ptr [DATA + 6], 0x123
  mov dword ptr [DATA + 8], 0x12345678
  mov dword ptr [DATA + 16], 0x1abcdef0
  fninit
  fxrstor [DATA]
  fnstenv [FREE]
  hlt
