// mode: prot32 long64
// cpu: EPYC-Milan
// manual: APM vol. 3 CPUID: a function number beyond the largest gives zeros
// init: ebx=1 edx=1
// expect: eax=0 ebx=0 ecx=0 edx=0
  mov eax, 0x0fffffff
  cpuid
  hlt
