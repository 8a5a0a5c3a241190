// mode: prot32 long64
// manual: SDM vol. 3 4.6, 4.7
// expect-fault: pf 7 at=fault cr2=user_image+0x5000
  paging_on
  page_clear USER_IMAGE + 0x5000, 2
  to_user user
  .section .user
user:
#if MODE_PROT32
  mov ecx, DATA3
  mov ds, ecx
#endif
  mov eax, [USER_IMAGE + 0x5000]
fault:
  mov [USER_IMAGE + 0x5000], eax
