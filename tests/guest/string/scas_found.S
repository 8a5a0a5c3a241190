// mode: real16 prot32 long64
// manual: SDM vol. 2 REPNE SCAS: ends behind the element found; ZF
// pitfall: 26
// expect: cx=1 di=data_page+3 flags=zf
  mov word ptr [DATA], 0x1111
  mov byte ptr [DATA + 2], 0x22
  mov al, 0x22
  mov di_, DATA
  mov c_, 4
  repne scasb
  hlt
