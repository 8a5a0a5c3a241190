// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: none: on AMD's processors REPE and REPNE before LOOPE and LOOPNE say the condition (seen on Zen 4)
// expect[Haswell]: eax=0 ebx=1
// expect[EPYC-Milan]: eax=1 ebx=0
  mov ecx, 5
  xor eax, eax
  xor ebx, ebx
  inc eax
  .byte 0xf2, 0xe1, 2   # REPNE LOOPE with ZF = 0
  mov al, 0
  xor edx, edx
  .byte 0xf2, 0xe1, 2   # with ZF = 1
  jmp 1f
  mov bl, 1
1:
  hlt
