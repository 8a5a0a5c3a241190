// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6.1: nothing changes for level 3
// expect: eax=0x55
  set_bits cr4, 0x200000
  to_user user
  .section .user
value:
  .long 0x55
user:
  mov eax, [rip + value]
  done
