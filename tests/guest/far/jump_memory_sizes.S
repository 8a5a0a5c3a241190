// mode: long64
// manual: SDM vol. 2 JMP m16:32 and m16:16 in 64-bit mode; to compatibility mode
// expect: eax=0x11 cs=8
  mov dword ptr [DATA], offset narrow
  mov word ptr [DATA + 4], CODE0_32
  jmp fword ptr [DATA]
narrow:
  .code32
  mov eax, 0x11
  dec eax
  inc eax
  hlt
  .code64
