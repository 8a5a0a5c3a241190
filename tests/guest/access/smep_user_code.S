// mode: long64
// needs: smep
// manual: SDM vol. 3 4.6: CR4.SMEP does not concern fetches at level 3
// expect: eax=7
  set_bits cr4, 0x100000
  to_user user
  .section .user
user:
  mov eax, 7
  done
