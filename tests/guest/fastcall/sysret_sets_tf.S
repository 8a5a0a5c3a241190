// mode: long64
// pitfall: 16 28
// manual: SDM vol. 2 SYSRET: TF comes from R11; its trap is taken before the first instruction at level 3, not behind it
// expect-fault: db at=user cs=0x33 dr6=0x4000/0x4000
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov rcx, offset user
  mov r11, 0x102
  sysretq
  .section .user
user:
  nop
  nop
