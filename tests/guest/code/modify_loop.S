// mode: real16 prot32 long64
// manual: SDM vol. 3 11.6: self-modifying code
// expect: bx=6 cx=0
  mov cx, 3
again:
  mov al, 1
  mov ah, 0
  add bx, ax
  inc byte ptr [again + 1]
  dec cx
  jnz again
  hlt
