// mode: long64
// manual: SDM vol. 2 IRET: in 64-bit mode SS:RSP is always popped
// expect: rsp=free_area+0x123 ss=0 flags=cf
  push 0
  mov eax, FREE + 0x123
  push rax
  push 3
  push CODE0_64
  push offset target
  iretq
target:
  hlt
