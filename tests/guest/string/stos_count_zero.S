// mode: real16 prot32 long64
// manual: SDM vol. 2 REP: a count of 0 does nothing
// pitfall: 26
// init: eax=0x55
// expect: mem8[data_page]=0 edi=data_page
  mov edi, DATA
  xor ecx, ecx
  rep stosb
  hlt
