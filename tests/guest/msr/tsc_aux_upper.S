// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// needs: rdtscp
// manual: SDM vol. 4 table 2-2: bits 63:32 of IA32_TSC_AUX are reserved: #GP(0); AMD's processors ignore them
// pitfall: 17
// expect-fault[Haswell]: gp 0 at=fault
// expect[EPYC-Milan]: eax=7 edx=0
  mov ecx, 0xc0000103
  mov eax, 7
  mov edx, 1
fault:
  wrmsr
  rdmsr
  hlt
