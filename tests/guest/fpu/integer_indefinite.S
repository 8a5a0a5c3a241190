// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FIST: out of range, masked: the integer indefinite and IE; exactness is not looked at
// expect: mem16[data_page+16]=0x8000 mem32[data_page+20]=0x80000000 fsw=1/0x7f
  fninit
  mov dword ptr [DATA], 0x4f800000
  fld dword ptr [DATA]
  fist word ptr [DATA + 16]
  fist dword ptr [DATA + 20]
  hlt
