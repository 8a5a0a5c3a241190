// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 1 3.3.7.1: the linear address counts; AMD's want the offset canonical too (seen on Zen 4)
// pitfall: 8
// init: rbx=0x0000800000005000
// expect[Haswell]: eax=0x77
// expect-fault[EPYC-Milan]: gp 0 at=fault
  mov dword ptr [DATA], 0x77
  wrmsr_ 0xc0000100, 0, 0xffff8000
fault:
  mov eax, fs:[rbx]
  hlt
