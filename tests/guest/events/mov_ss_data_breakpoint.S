// mode: prot32 long64
// manual: SDM vol. 3 6.8.3: a data breakpoint met by MOV SS is held back until after the next instruction
// pitfall: 15 16
// expect-fault: db at=after dr6=1/0x400f
// expect: ecx=1
  mov word ptr [DATA], DATA0
  mov eax, DATA
  mov dr0, a_
  mov eax, 0x00070402
  mov dr7, a_
  xor ecx, ecx
  mov ss, word ptr [DATA]
  inc ecx
after:
  inc ecx
