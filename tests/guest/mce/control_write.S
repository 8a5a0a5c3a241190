// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 16.3.2.1: all ones or all zeros are the values of IA32_MCi_CTL that every processor takes
// expect: eax=0xffffffff edx=0xffffffff ebx=0
  wrmsr_ 0x404, 0
  rdmsr
  mov ebx, eax
  wrmsr_ 0x404, 0xffffffff, 0xffffffff
  xor eax, eax
  xor edx, edx
  rdmsr
  hlt
