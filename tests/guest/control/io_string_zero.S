// mode: prot32 long64
// manual: SDM vol. 2 REP, INS: a count of 0 does nothing
// expect: ebx=7
  xor ecx, ecx
  mov edx, 0x60
  rep insb
  mov ebx, 7
  hlt
