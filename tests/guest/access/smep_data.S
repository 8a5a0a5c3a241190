// mode: long64
// needs: smep
// manual: SDM vol. 3 4.6: CR4.SMEP does not concern data accesses
// expect: eax=0x90
  set_bits cr4, 0x100000
  movzx eax, byte ptr [USER_IMAGE]
  hlt
  .section .user
  nop
