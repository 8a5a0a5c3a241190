// mode: long64
// manual: SDM vol. 2 CPUID: bits 63:32 of the four registers are cleared
// init: rbx=-1 rcx=-0x100000000 rdx=-1 rax=-0x100000000
// expect: r8=0
  cpuid
  or rax, rbx
  or rax, rcx
  or rax, rdx
  shr rax, 32
  mov r8, rax
  hlt
