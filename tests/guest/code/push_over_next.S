// mode: prot32 long64
// manual: SDM vol. 3 11.6: stores by PUSH change code like any other
// pitfall: 25
// expect: ebx=0
  mov sp_, offset target + WORD_SIZE
  mov a_, 0x90909090
#if BITS == 64
  mov rcx, rax
  shl rcx, 32
  or rax, rcx
#endif
  push a_
target:
  .rept WORD_SIZE / 2
  mov bl, 1
  .endr
  hlt
