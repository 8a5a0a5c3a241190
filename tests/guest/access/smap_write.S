// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6.1: with CR4.SMAP and AC = 0 supervisor writes to user pages fault too
// expect-fault: pf 3 at=fault cr2=user_image
  set_bits cr4, 0x200000
fault:
  mov dword ptr [USER_IMAGE], 1
  .section .user
  nop
