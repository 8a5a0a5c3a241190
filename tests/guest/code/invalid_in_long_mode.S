// mode: long64
// manual: SDM vol. 2 appendix A, superscript i64: what 64-bit mode does not have is #UD
// pitfall: 24
// expect: ebx=20
  handler 6, counted
  slot .byte 0x06
  slot .byte 0x07
  slot .byte 0x0e
  slot .byte 0x16
  slot .byte 0x17
  slot .byte 0x1e
  slot .byte 0x1f
  slot .byte 0x27
  slot .byte 0x2f
  slot .byte 0x37
  slot .byte 0x3f
  slot .byte 0x60
  slot .byte 0x61
  slot .byte 0x82, 0xc0, 0
  slot .byte 0x9a
  slot .byte 0xce
  slot .byte 0xd4, 0x0a
  slot .byte 0xd5, 0x0a
  slot .byte 0xd6
  slot .byte 0xea
  end_slots
  hlt
counted:
  next_slot
