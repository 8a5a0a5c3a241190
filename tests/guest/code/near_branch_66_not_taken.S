// mode: long64
// cpu: EPYC-Milan
// manual: Zen 4 itself: a near branch with 66 that is not taken goes on above 64 KB
// pitfall: 24
// expect-fault: 0xff none
// expect: eax=2
  mov rax, offset page
  jmp rax
  .section .user
page:
  cmp rax, 0
  .byte 0x66, 0x74, 4
  lea rax, [rip]
  shr eax, 16
  done
