// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.1: VCNT of IA32_MTRRCAP is how many variable ranges there are; beyond is #GP
// expect-fault: gp 0 at=fault
  mov ecx, 0xfe
  rdmsr
  movzx ecx, al
  lea ecx, [ecx * 2 + 0x200 - 1]
  rdmsr
  inc ecx
fault:
  rdmsr
