// mode: real16 prot32 long64
// manual: SDM vol. 2 REPNE SCAS
// pitfall: 26
// init: eax=0x77
// expect: ecx=0 edi=data_page+4 flags=!zf
  mov edi, DATA
  mov ecx, 4
  repne scasb
  hlt
