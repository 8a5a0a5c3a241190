// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 CPUID leaf 0, APM vol. 3 Fn0000_0000: "GenuineIntel", "AuthenticAMD"
// expect[Haswell]: ebx=0x756e6547 edx=0x49656e69 ecx=0x6c65746e
// expect[EPYC-Milan]: ebx=0x68747541 edx=0x69746e65 ecx=0x444d4163
  xor eax, eax
  cpuid
  hlt
