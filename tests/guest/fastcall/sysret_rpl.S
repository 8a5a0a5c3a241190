// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET: SS = (STAR[63:48] + 8) OR 3; APM vol. 3 SYSRET: SS = STAR[63:48] + 8 as it stands, CS OR 3
// pitfall: 28
// expect[Haswell]: ebx=0x2b esi=0x33
// expect[EPYC-Milan]: ebx=0x28 esi=0x33
  wrmsr_ 0xc0000081, 0, 0x00200010
  mov rcx, offset user
  mov r11, 2
  sysretq
  .section .user
user:
  mov ebx, ss
  mov esi, cs
  done
