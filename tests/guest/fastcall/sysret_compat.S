// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET, APM vol. 3 SYSRET: without REX.W to compatibility mode: ECX, CS = STAR[63:48] OR 3
// pitfall: 28
// expect: cs=0x23 ss=0x2b eax=0x11 rip=user_image+6
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov rcx, 0x1234567800020000
  mov r11, 2
  .byte 0x0f, 0x07
  .section .user
user:
  .byte 0x31, 0xc0
  .byte 0xb0, 0x11
  .byte 0xcd, 0xff
