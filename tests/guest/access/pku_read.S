// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2, 4.7: AD of the page's key in PKRU: #PF with PK, at level 3
// expect-fault: pf 0x25 at=fault cr2=user_image+0x1000
  page_set USER_IMAGE+0x1000, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0x40
  wrpkru
  to_user user
  .section .user
user:
  mov eax, [USER_IMAGE]
fault:
  mov eax, [USER_IMAGE + 0x1000]
