// mode: long64
// cpu: Haswell
// manual: SDM vol. 2 SYSEXIT with REX.W: CS = SYSENTER_CS + 32, SS = + 40, to 64-bit mode
// pitfall: 28
// expect: cs=0x33 ss=0x3b rsp=0x1234567800 eax=7
  wrmsr_ 0x174, 0x10
  mov rcx, 0x1234567800
  mov rdx, offset user
  sysexitq
  .section .user
user:
  mov eax, 7
  done
