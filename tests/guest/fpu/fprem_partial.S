// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FPREM: exponents more than 63 apart: a partial remainder, C2 = 1
// expect: ax=0x400/0x400 bx=0/0x400 mem32[data_page]=1
  fninit
  mov dword ptr [DATA], 3
  mov dword ptr [DATA + 4], 100
  fild dword ptr [DATA]
  fild dword ptr [DATA + 4]
  fld1
  fscale
  fstp st(1)
  fprem
  fnstsw ax
  mov ebx, eax
1:
  fprem
  fnstsw [DATA + 8]
  mov bx, word ptr [DATA + 8]
  test bx, 0x400
  jnz 1b
  fistp dword ptr [DATA]
  hlt
