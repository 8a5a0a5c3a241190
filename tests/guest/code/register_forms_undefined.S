// mode: prot32
// manual: SDM vol. 2 LEA, LES, BOUND, LGDT, CMPXCHG8B, INVLPG, CALL and JMP far: #UD with a register operand
// pitfall: 24
// expect: ebx=9
  handler 6, counted
  slot .byte 0x8d, 0xc0
  slot .byte 0x62, 0xc0
  slot .byte 0x0f, 0xb2, 0xc0
  slot .byte 0x0f, 0xb4, 0xc0
  slot .byte 0x0f, 0xc7, 0xc8
  slot .byte 0xff, 0xd8
  slot .byte 0xff, 0xe8
  slot .byte 0x0f, 0x01, 0xd8
  slot .byte 0x0f, 0xc3, 0xc0
  end_slots
  hlt
counted:
  next_slot
