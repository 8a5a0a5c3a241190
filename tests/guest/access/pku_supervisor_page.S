// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2: keys protect user pages only
// expect: eax=0x77
  mov dword ptr [FREE], 0x77
  page_set FREE, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0xc0
  wrpkru
  mov eax, [FREE]
  hlt
