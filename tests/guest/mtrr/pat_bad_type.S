// mode: real16 prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.12.2: IA32_PAT with a reserved memory type (2) is #GP
// expect-fault[prot32 long64]: gp 0 at=fault
// expect-fault[real16]: gp at=fault
  mov ecx, 0x277
  rdmsr
  and eax, 0xffffff00
  wrmsr
  or eax, 2
fault:
  wrmsr
