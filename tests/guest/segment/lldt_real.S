// mode: real16
// manual: SDM vol. 2 LLDT, LTR, LAR, LSL, VERR, VERW, STR, SLDT, ARPL: not recognized in real-address mode
// pitfall: 10
// expect: bx=9
  mov word ptr [6 * 4], offset count
  slot lldt ax
  slot ltr ax
  slot lar ax, cx
  slot lsl ax, cx
  slot verr ax
  slot verw ax
  slot str ax
  slot sldt ax
  slot arpl ax, cx
  end_slots
  hlt
count:
  next_slot
