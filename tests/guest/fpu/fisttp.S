// mode: prot32 long64
// needs: sse3
// pitfall: 5
// manual: SDM vol. 2 FISTTP: truncates whatever RC says
// expect: mem32[data_page+16]=2 mem64[data_page+24]=0xfffffffffffffffe fsw=0x20/0x7f
  fninit
  fcw_ 0xb7f
  mov dword ptr [DATA], 0x40300000
  fld dword ptr [DATA]
  fisttp dword ptr [DATA + 16]
  fld dword ptr [DATA]
  fchs
  fisttp qword ptr [DATA + 24]
  hlt
