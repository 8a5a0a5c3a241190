// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2: AD holds for supervisor accesses to user pages too; WD with CR0.WP
// expect-fault: pf 0x21 at=fault cr2=user_image+0x1000
  page_set USER_IMAGE+0x1000, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0x40
  wrpkru
fault:
  mov eax, [USER_IMAGE + 0x1000]
