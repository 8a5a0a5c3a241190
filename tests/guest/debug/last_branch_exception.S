// mode: long64
// cpu: EPYC-Milan
// manual: APM vol. 2 13.1.1.3: an exception is a branch too, and moves the one before to LastExceptionFrom and To
// pitfall: 16
// expect: esi=fault edi=undefined ebx=from ebp=fault
  handler 6, undefined
  wrmsr_ 0x1d9, 1
from:
  jmp fault
  nop
fault:
  ud2
undefined:
  wrmsr_ 0x1d9, 0
  mov ecx, 0x1db
  rdmsr
  mov esi, eax
  mov ecx, 0x1dc
  rdmsr
  mov edi, eax
  mov ecx, 0x1dd
  rdmsr
  mov ebx, eax
  mov ecx, 0x1de
  rdmsr
  mov ebp, eax
  hlt
