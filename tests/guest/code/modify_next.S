// mode: real16 prot32 long64
// manual: SDM vol. 3 11.6, 8.1.3: a store through the same linear address is seen by the next fetch after a jump
// expect: al=7
  mov byte ptr [target + 1], 7
  jmp target
target:
  mov al, 1
  hlt
