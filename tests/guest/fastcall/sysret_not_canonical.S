// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET: #GP(0) at level 0 if RCX is not canonical; APM vol. 3 SYSRET: no check, the fetch at level 3 faults
// pitfall: 28 8
// expect-fault[Haswell]: gp 0 at=fault cs=0x10
// expect-fault[EPYC-Milan]: gp 0 rip=0x800000000000 cs=0x33
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov rcx, 0x800000000000
  mov r11, 2
fault:
  sysretq
