// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2, 4.7: WD of the page's key: reads pass, writes at level 3 fault
// expect-fault: pf 0x27 at=fault cr2=user_image+0x1000 ebx=0
  page_set USER_IMAGE+0x1000, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0x80
  wrpkru
  to_user user
  .section .user
user:
  mov ebx, [USER_IMAGE + 0x1000]
fault:
  mov [USER_IMAGE + 0x1000], ebx
