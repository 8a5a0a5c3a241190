// mode: real16 prot32 long64
// pitfall: 18
// manual: SDM vol. 3 16.3.2.2: software can only clear IA32_MCi_STATUS; writing ones is #GP
// expect-fault[prot32 long64]: gp 0 at=fault
// expect-fault[real16]: gp at=fault
  wrmsr_ 0x401, 0
  mov eax, 1
fault:
  wrmsr
