// mode: long64
// cpu: EPYC-Milan
// manual: APM vol. 2 13.1.1.3: #DB clears DEBUGCTL.LBR and leaves the record alone
// pitfall: 16
// expect: esi=from edi=to ebx=0
  handler 1, trap
  wrmsr_ 0x1d9, 1
from:
  jmp to
  nop
to:
  .byte 0xf1
trap:
  mov ecx, 0x1d9
  rdmsr
  mov ebx, eax
  mov ecx, 0x1db
  rdmsr
  mov esi, eax
  mov ecx, 0x1dc
  rdmsr
  mov edi, eax
  hlt
