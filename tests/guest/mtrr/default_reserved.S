// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 figure 12-5: bits 9:8 of IA32_MTRR_DEF_TYPE are reserved
// expect-fault: gp 0 at=fault
  mov ecx, 0x2ff
  mov eax, 0xd06
  xor edx, edx
fault:
  wrmsr
