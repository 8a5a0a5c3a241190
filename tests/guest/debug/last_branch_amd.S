// mode: long64
// cpu: EPYC-Milan
// manual: APM vol. 2 13.1.1.3: with DEBUGCTL.LBR the last branch taken is recorded, from and to
// pitfall: 16
// expect: esi=from edi=to
  wrmsr_ 0x1d9, 1
  cmp eax, 1
  jne 1f
from:
  jmp to
1:
  hlt
to:
  mov ecx, 0x1db
  rdmsr
  mov esi, eax
  mov ecx, 0x1dc
  rdmsr
  mov edi, eax
  hlt
