// mode: prot32 long64
// cpu: Haswell
// pitfall: 18
// manual: SDM vol. 3 16.3.2.3: software can only clear IA32_MCi_ADDR; writing ones is #GP
// expect-fault: gp 0 at=fault
  wrmsr_ 0x402, 0
  mov eax, 1
fault:
  wrmsr
