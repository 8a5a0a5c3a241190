// mode: prot32
// cpu: Haswell EPYC-Milan pentium3
// manual: SDM vol. 2 CPUID.01H:EAX, APM vol. 3 Fn0000_0001_EAX: family and model of these processors
// expect[Haswell]: eax=0x306c0/0xfffffff0
// expect[EPYC-Milan]: eax=0xa00f10/0xfffffff0
// expect[pentium3]: eax=0x680/0xfffffff0
  mov eax, 1
  cpuid
  hlt
