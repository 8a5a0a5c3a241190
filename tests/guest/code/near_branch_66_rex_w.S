// mode: long64
// cpu: EPYC-Milan
// manual: Zen 4 itself: REX.W wins over 66 at a near branch: 32 bits of displacement, 64 of RIP, 8 bytes on the stack
// pitfall: 24
// expect: eax=2 rsp=stack_top-8
  mov rax, offset page
  jmp rax
  .section .user
page:
  .byte 0x66, 0x48, 0xe8, 2, 0, 0, 0
  ud2
  lea rax, [rip]
  shr eax, 16
  hlt
