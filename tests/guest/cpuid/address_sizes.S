// mode: prot32 long64
// cpu: Haswell Haswell,+la57
// manual: SDM vol. 2 CPUID.80000008H:EAX[15:8]: 48 linear bits, 57 with 5-level paging
// expect[Haswell]: eax=48
// expect[Haswell,+la57]: eax=57
  mov eax, 0x80000008
  cpuid
  movzx eax, ah
  hlt
