// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: a trap of the last iteration finds the next instruction, and RF as it was
// pitfall: 16 26
// expect-fault: db at=after dr6=1/0x400f
// expect: ecx=0 flags=!rf
  mov eax, DATA + 8
  mov dr0, a_
  mov eax, 0x00010402
  mov dr7, a_
  mov edi, DATA
  mov ecx, 9
  rep stosb
after:
  nop
