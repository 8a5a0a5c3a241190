// mode: prot32 long64
// needs: abm bmi1
// manual: SDM vol. 2 LZCNT, TZCNT: of 0 the operand size and CF; ZF if the result is 0
// pitfall: 21
// expect: ebx=32 ecx=16 esi=0 edi=0x0140
  xor ebp, ebp
  lzcnt ebx, ebp
  lahf
  mov edi, eax
  and edi, 0x4100
  xor ecx, ecx
  tzcnt cx, bp
  inc ebp
  tzcnt esi, ebp
  lahf
  and eax, 0x4100
  shr eax, 8
  or edi, eax
  hlt
