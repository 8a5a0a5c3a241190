// mode: prot32
// manual: SDM vol. 2 FLD, FST, FSAVE, FXSAVE: #GP(0) beyond the limit, every byte counts
// pitfall: 1
// expect: ebx=6
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  handler 13, counted
  mov ecx, FREE_SELECTOR
  mov fs, cx
  fninit
  slot fld tbyte ptr fs:[0xf6]
  slot fld tbyte ptr fs:[0xf7]
  slot fstp tbyte ptr fs:[0xf8]
  slot fld qword ptr fs:[0xfc]
  slot fnsave fs:[0xa0]
  slot fnstenv fs:[0xf0]
  slot fxsave fs:[0]
  end_slots
  hlt
counted:
  next_slot 1
