// mode: long64
// manual: SDM vol. 2 SYSRET: RFLAGS = (R11 AND 3C7FD7H) OR 2: no RF, no VM
// pitfall: 28
// expect: rflags=0x244a47/0x3fffff
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov rcx, offset user
  mov r11d, 0x274a47
  sysretq
  .section .user
user:
  done
