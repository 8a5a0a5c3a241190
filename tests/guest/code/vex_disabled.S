// mode: prot32 long64
// needs: avx
// manual: SDM vol. 2 2.4: #UD without CR4.OSXSAVE, or with XCR0[2:1] not 11B
// pitfall: 24 18
// expect: ebx=2
  handler 6, counted
  slot .byte 0xc5, 0xf0, 0x57, 0xc9
  end_slots
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 3
  xsetbv
  slot .byte 0xc5, 0xf0, 0x57, 0xc9
  end_slots
  mov eax, 7
  xsetbv
  slot .byte 0xc5, 0xf0, 0x57, 0xc9
  end_slots
  hlt
counted:
  next_slot
