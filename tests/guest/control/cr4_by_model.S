// mode: prot32
// cpu: pentium3 Nehalem Haswell
// manual: SDM vol. 3 2.5: a CR4 bit whose feature the processor lacks is reserved: #GP(0)
// pitfall: 18
// expect[pentium3]: ebx=5
// expect[Nehalem]: ebx=5
// expect[Haswell]: ebx=3
  handler 13, counted
  .macro cr4_bit number
  mov eax, cr4
  bts eax, \number
  slot mov cr4, eax
  .balign 16, 0x90
  .endm
  cr4_bit 11
  cr4_bit 16
  cr4_bit 20
  cr4_bit 21
  cr4_bit 22
  hlt
counted:
  next_slot 1
