// mode: prot32
// manual: SDM vol. 2 CLFLUSH: it may flush a line of an execute-only segment
// pitfall: 1
// expect: eax=7
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x99, 0xc
  jmp_far FREE_SELECTOR, next
next:
  clflush cs:[DATA]
  mov eax, 7
  hlt
