// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6: supervisor data accesses to user pages with CR4.SMAP and AC = 0
// expect-fault: pf 1 at=fault cr2=user_data ebx=0x99
  set_bits cr4, 0x200000
  stac
  mov ebx, [user_data]
  clac
fault:
  mov eax, [user_data]
  .section .user
user_data:
  .long 0x99
