// mode: real16 prot32 long64
// manual: SDM vol. 3 11.6: locked operations change code like any other store
// pitfall: 25 27
// expect: al=7 cl=5 dl=9
  mov bl, 6
  lock xadd byte ptr [first + 1], bl
  jmp first
first:
  mov al, 1
  lock bts word ptr [second + 1], 2
  jmp second
second:
  mov cl, 1
  nop
  push a_
  mov al, 1
  mov bl, 9
  lock cmpxchg byte ptr [third + 1], bl
  pop a_
  jmp third
third:
  mov dl, 1
  hlt
