// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.2: loading a denormal m32 or m64 sets DE; vol. 2 FLD: m80 does not
// expect: ax=0 bx=2/0x7f st0.hi=0x3f6a
  fninit
  put80 DATA, 0, 1, 0
  fld tbyte ptr [DATA]
  fnstsw ax
  and ax, 0x7f
  mov dword ptr [DATA + 16], 1
  fld dword ptr [DATA + 16]
  mov word ptr [DATA + 32], 0
  fnstsw [DATA + 32]
  mov bx, word ptr [DATA + 32]
  hlt
