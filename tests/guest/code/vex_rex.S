// mode: long64
// needs: avx
// manual: SDM vol. 2 2.3.1: REX before VEX is #UD; a VEX.vvvv that means nothing must be 1111B; map 0 is none
// pitfall: 24
// expect: ebx=3
  handler 6, counted
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  slot .byte 0x48, 0xc5, 0xf0, 0x57, 0xc9
  slot .byte 0xc5, 0xf0, 0x28, 0xc1
  slot .byte 0xc4, 0xe0, 0x70, 0x57, 0xc9
  slot .byte 0xc5, 0xf8, 0x28, 0xc1
  end_slots
  hlt
counted:
  next_slot
