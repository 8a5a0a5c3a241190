// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET: SS gets fixed attributes; APM vol. 3 SYSRET: base, limit and attributes of SS are unchanged
// pitfall: 28
// expect[Haswell]: cs=0x23 ss=0x2b rsp=user_stack_top-4
// expect-fault[EPYC-Milan]: ss 0 rip=user_image cs=0x23 ss=0x2b rsp=user_stack_top
  wrmsr_ 0xc0000081, 0, 0x00230010
  xor ecx, ecx
  mov ss, ecx
  mov ecx, 0x20000
  mov r11, 2
  mov esp, USER_STACK
  .byte 0x0f, 0x07
  .section .user
  .byte 0x50
  .byte 0xcd, 0xff
