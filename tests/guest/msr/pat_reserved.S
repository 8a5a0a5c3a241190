// mode: prot32 long64
// needs: pat
// manual: SDM vol. 3 11.12.4: memory types 2, 3 and above 7 are reserved: #GP(0)
// pitfall: 17
// expect-fault: gp 0 at=fault
  mov ecx, 0x277
  mov eax, 0x00070406
  mov edx, 0x00070206
fault:
  wrmsr
