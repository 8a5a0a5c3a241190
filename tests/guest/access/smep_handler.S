// mode: prot32
// needs: smep
// manual: SDM vol. 3 4.6, 4.7: a handler of level 0 on a user page: #PF of the fetch at its first instruction, I/D set
// expect-fault: pf 0x11 rip=user_image+2 cr2=user_image+2 cs=8
  paging_on
  set_bits cr4, 0x100000
  gate IDT+0x90*8, CODE0_32, target, 0xee
  mov word ptr [IDT + 0x90 * 8 + 6], 2
  to_user user
  .section .user
user:
  int 0x90
target:
  nop
