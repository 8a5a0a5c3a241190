// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2: WD does not stop supervisor writes while CR0.WP = 0
// expect: mem32[user_image+0x1000]=7
  page_set USER_IMAGE+0x1000, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0x80
  wrpkru
  mov rax, cr0
  btr rax, 16
  mov cr0, rax
  mov dword ptr [USER_IMAGE + 0x1000], 7
  hlt
