// mode: prot32 long64
// needs: amd
// pitfall: 5
// manual: SDM vol. 1 8.1.8: control instructions leave FIP, FDP and FOP; an instruction without memory operand leaves FDP
// expect: mem32[data_page+12]=last mem16[data_page+18]=0x00c0/0x7ff mem32[data_page+20]=data_page+64
  fninit
  mov dword ptr [DATA + 64], 0x3f800000
  fld dword ptr [DATA + 64]
last:
  fadd st(0), st(0)
  fnstcw [DATA + 96]
  fldcw [DATA + 96]
  fnclex
  fnstsw ax
  fwait
  .byte 0xdb, 0xe0  // FNENI
  movd mm0, eax
  fnstenv [DATA]
  hlt
