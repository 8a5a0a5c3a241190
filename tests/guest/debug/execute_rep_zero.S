// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: the breakpoint comes before the instruction, whatever its count
// pitfall: 16 26
// expect-fault: db at=string dr6=2/0xf ecx=0
  mov eax, offset string
  mov dr1, a_
  mov eax, 0x408
  mov dr7, a_
  xor ecx, ecx
string:
  rep movsb
