// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 16.3.1.1: Count of IA32_MCG_CAP is how many banks there are; beyond is #GP
// expect-fault: gp 0 at=fault
  mov ecx, 0x179
  rdmsr
  movzx ecx, al
  dec ecx
  shl ecx, 2
  add ecx, 0x400
  rdmsr
  add ecx, 4
fault:
  rdmsr
