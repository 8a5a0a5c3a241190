// mode: prot32 long64
// manual: the host itself: of the x87 map's unassigned encodings FSTP1, FCOM2, FCOMP5, FFREEP, FSTP8, FSTP9, FXCH4, FXCH7 work
// pitfall: 5 24
// expect: ebx=0 ftw=0xc0 st0.lo=0 st1.lo=0x8000000000000000
  handler 6, counted
  xor ebx, ebx
  fninit
  fld1
  fldz
  fldz
  slot .byte 0xdc, 0xd1
  slot .byte 0xdc, 0xd9
  fldz
  slot .byte 0xde, 0xd1
  slot .byte 0xdd, 0xc9
  slot .byte 0xdf, 0xc9
  end_slots
  hlt
counted:
  next_slot
