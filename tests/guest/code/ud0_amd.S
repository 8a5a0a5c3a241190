// mode: prot32 long64
// cpu: EPYC-Milan
// manual: Zen 4 itself: UD0 and UD1 are #UD before anything behind the opcode is fetched
// pitfall: 24
// expect: ebx=2
  handler 6, next
  paging_on
  page_clear FREE+0x1000, 1
  xor ebx, ebx
  mov word ptr [FREE + 0xffe], 0xff0f
  mov eax, FREE + 0xffe
  jmp a_
  .balign 16
second:
  mov word ptr [FREE + 0xffe], 0xb90f
  mov eax, FREE + 0xffe
  jmp a_
next:
  inc ebx
  cmp ebx, 2
  mov sp_, STACK
  jne second
  hlt
