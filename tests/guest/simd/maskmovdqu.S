// mode: prot32 long64
// pitfall: 22
// manual: SDM vol. 2 MASKMOVDQU: only bytes whose mask has bit 7 set, at DS:EDI, of any alignment
// expect: mem64[data_page+1]=0xa1a2a3a4eea6eea8 mem64[data_page+9]=0xeeeeeeeeeeeeeeee mem8[data_page]=0xee
  mov edi, DATA
  mov ecx, 32
  mov al, 0xee
  cld
  rep stosb
  put64 DATA + 64, 0xa5a6a7a8, 0xa1a2a3a4
  put64 DATA + 80, 0x7f807f80, 0x80ff8080
  movq xmm0, qword ptr [DATA + 64]
  movq xmm1, qword ptr [DATA + 80]
  mov edi, DATA + 1
  maskmovdqu xmm0, xmm1
  hlt
