// mode: long64
// manual: SDM vol. 2 STOS, REP: EDI and ECX with an address size of 32
// pitfall: 26
// init: rdi=0xffffffff00005000 rcx=0xffffffff00000002 rax=0x33
// expect: edi=0x5002 ecx=0 mem16[data_page]=0x3333 mem8[data_page+2]=0
  .byte 0x67
  rep stosb
  hlt
