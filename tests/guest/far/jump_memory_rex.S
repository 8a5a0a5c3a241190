// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 JMP m16:64; APM vol. 3 JMP (Far): mem16:32 is the largest, REX.W has no effect
// expect-fault[Haswell]: gp 0 at=fault
// expect[EPYC-Milan]: eax=2
  mov dword ptr [DATA], offset target
  mov dword ptr [DATA + 4], CODE0_64
fault:
  .byte 0x48, 0xff, 0x2c, 0x25
  .long DATA
target:
  mov eax, 2
  hlt
