// mode: long64
// manual: SDM vol. 2 SYSRET: CS = STAR[63:48] + 16, SS = STAR[63:48] + 8, RPL 3
// pitfall: 28
// expect: cs=0x33 ss=0x2b flags=cf,!zf
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov rcx, offset user
  mov r11, 0x3
  sysretq
  .section .user
user:
  done
