// mode: prot32 long64
// manual: SDM vol. 2 BOUND, 2.7: 62H is BOUND with a memory operand outside 64-bit mode; else EVEX, #UD without AVX-512
// pitfall: 24
// expect[prot32]: ebx=1
// expect[long64]: ebx=2
  handler 6, counted
  mov dword ptr [DATA], 0
  mov dword ptr [DATA + 4], 10
  xor eax, eax
  slot .byte 0x62, 0x05, 0, 0x50, 0, 0
  slot .byte 0x62, 0xf1, 0x7c, 0x48, 0x58, 0xc0
  end_slots
  hlt
counted:
  next_slot
