// mode: prot32
// manual: SDM vol. 2 MOVS: an override replaces DS of the source; ES of the destination cannot be replaced
// pitfall: 26 1
// expect: mem8[data_page]=0x77
  descriptor FREE_SELECTOR, FREE, 0xfff, 0x93, 4
  mov eax, FREE_SELECTOR
  mov fs, eax
  mov byte ptr [FREE + 4], 0x77
  mov esi, 4
  mov edi, DATA
  movs byte ptr es:[edi], byte ptr fs:[esi]
  hlt
