// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 LFS m16:64; APM vol. 3 LFS: with a 64-bit operand size a 32-bit register is loaded from mem16:32
// init: rbx=-1
// expect[Haswell]: rbx=0x1800001234 fs=0x2b
// expect[EPYC-Milan]: rbx=0x1234 fs=0x18
  mov dword ptr [DATA], 0x1234
  mov dword ptr [DATA + 4], DATA0
  mov word ptr [DATA + 8], DATA3
  .byte 0x48, 0x0f, 0xb4, 0x1c, 0x25
  .long DATA
  hlt
