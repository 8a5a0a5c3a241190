// mode: prot32 long64
// manual: SDM vol. 2 REP and vol. 3 17.3.1.4: a trap after each iteration
// pitfall: 16 26
// expect-fault: db at=string ecx=2 edi=data_page+1
  mov edi, DATA
  mov ecx, 3
  push 0x102
  .if BITS == 64
  popfq
  .else
  popf
  .endif
string:
  rep stosb
