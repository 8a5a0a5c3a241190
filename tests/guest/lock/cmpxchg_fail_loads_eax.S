// mode: long64
// manual: SDM vol. 2 CMPXCHG; vol. 1 3.4.1.1: a 32-bit result clears the upper half; so on AMD EPYC
// pitfall: 27
// init: rax=0x1111111100000007 rbx=0x2222222200000008 rcx=9
// expect: rax=8 rbx=0x2222222200000008 flags=!zf
  cmpxchg ebx, ecx
  hlt
