// mode: prot32 long64
// needs: bmi2
// manual: SDM vol. 2 BZHI: bits 7:0 of the index; CF if it is beyond the operand, which then stays whole
// pitfall: 21
// expect: eax=0xff ebx=0x12345678 edx=1 esi=0
  mov ebp, 0x12345678
  mov ecx, 0x108
  mov eax, 0x0fff
  bzhi eax, eax, ecx
  setc dl
  movzx esi, dl
  mov ecx, 32
  bzhi ebx, ebp, ecx
  setc dl
  movzx edx, dl
  hlt
