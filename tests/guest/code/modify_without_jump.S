// mode: real16 prot16 prot32 long64
// manual: SDM vol. 3 11.6: a store to an instruction that was prefetched empties the prefetch queue (P6 and later)
// pitfall: 25
// expect: al=7 cl=9
  mov byte ptr [first + 1], 7
first:
  mov al, 1
  mov byte ptr [second + 1], 9
  nop
  nop
second:
  mov cl, 1
  hlt
