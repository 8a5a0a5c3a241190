// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6.1, 4.7: with AC = 1 the write is judged by R/W and CR0.WP
// expect-fault: pf 3 at=fault cr2=user_image+0x1000
  page_clear USER_IMAGE+0x1000, 2
  set_bits cr4, 0x200000
  stac
fault:
  mov dword ptr [USER_IMAGE + 0x1000], 1
