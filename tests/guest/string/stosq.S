// mode: long64
// manual: SDM vol. 2 STOS: REX.W: 8 bytes an element; the count is RCX
// pitfall: 26
// expect: rdi=data_page+16 rcx=0 mem64[data_page+8]=0x1122334455667788
  mov rax, 0x1122334455667788
  mov edi, DATA
  mov ecx, 2
  rep stosq
  hlt
