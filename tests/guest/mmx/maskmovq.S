// mode: prot32 long64
// needs: sse
// pitfall: 22 23
// manual: SDM vol. 2 MASKMOVQ: selected bytes at DS:EDI; a transition to MMX
// expect: mem64[data_page+3]=0xa1eea3eea5eea7ee ftw=0xff
  fninit
  mov edi, DATA
  mov ecx, 16
  mov al, 0xee
  cld
  rep stosb
  put64 DATA + 64, 0xa5a6a7a8, 0xa1a2a3a4
  put64 DATA + 80, 0x80008000, 0x80008000
  movq mm0, [DATA + 64]
  movq mm1, [DATA + 80]
  mov edi, DATA + 3
  maskmovq mm0, mm1
  hlt
