// mode: prot32 long64
// manual: SDM vol. 3 4.6, 4.7: code of level 3 over two pages that ran before; the second is the supervisor's by now
// pitfall: 24
// expect: esi=250
// expect-fault[prot32]: pf 5 at=user+0xffe cr2=user+0x1000
// expect-fault[long64]: pf 0x15 at=user+0xffe cr2=user+0x1000
  paging_on
  mov dword ptr [user + 0xffe], 0x000005b8  // mov eax, 5; ret
  mov word ptr [user + 0x1002], 0xc300
  handler 0x30, take
  to_user user
take:
  page_clear USER_IMAGE + 0x1000, 4
#if BITS == 64
  iretq
#else
  iret
#endif
  .section .user
user:
  user_data
  mov b_, offset user + 0xffe
  xor esi, esi
  mov ecx, 50
1:
  call b_
  add esi, eax
  dec ecx
  jnz 1b
  int 0x30
  call b_
