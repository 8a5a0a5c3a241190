// mode: long64
// manual: SDM vol. 3 2.5 and vol. 4: IA32_PKRS bits 63:32 are reserved
// needs: pks
// expect-fault: gp 0 at=fault
  mov ecx, 0x6e1
  xor eax, eax
  mov edx, 1
fault:
  wrmsr
