// mode: long64
// cpu: Haswell
// manual: SDM vol. 2 SYSEXIT without REX.W: CS = SYSENTER_CS + 16, ECX and EDX, to compatibility mode
// pitfall: 28
// expect: cs=0x23 ss=0x2b rsp=0x13000 rip=user_image+2
  wrmsr_ 0x174, 0x10
  mov rcx, 0x1111111100013000
  mov rdx, 0x1111111100020000
  .byte 0x0f, 0x35
  .section .user
  .byte 0xcd, 0xff
