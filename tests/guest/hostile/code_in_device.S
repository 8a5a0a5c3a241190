// mode: prot32
// pitfall: 30
// manual: SDM vol. 2 of each instruction: the device's bytes count up from A0h and make a short program
// expect: eax=0xbcbbbab9 ebp=0xc1c0bfbe ecx=0
// a0 a1-a4 MOV AL; a5 MOVSD; a6, a7 CMPS; a8 a9 TEST; aa, ab STOS; ac, ad LODS; ae, af SCAS; b0 b1 … b6 b7 MOV r8;
// b8 b9-bc MOV EAX; bd be-c1 MOV EBP; c2 c3 c4 RET 0C4C3h
  mov esi, FREE
  mov edi, FREE + 0x100
  xor ecx, ecx
  push offset back
  mov eax, 0xd0000
  jmp eax
back:
  xor ecx, ecx
  hlt
