// mode: prot32
// manual: SDM vol. 3 4.8
// expect: mem32[pt+0x400]=0x23/0x60 mem32[pt+0x404]=0x60/0x60 mem32[pt+0x408]=0/0x60
  .equ pt, PT32
  mov dword ptr [PT32 + 0x400], FREE | 3
  paging_on
  mov eax, [FREE]
  mov [FREE + 0x1000], eax
  hlt
