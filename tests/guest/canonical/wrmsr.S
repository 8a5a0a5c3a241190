// mode: long64
// manual: SDM vol. 2 WRMSR: #GP(0) for a non-canonical base; vol. 3 4.5.2: by the widest linear address the CPU has
// expect-fault: gp 0 at=fault
  mov ecx, 0xc0000101
  xor eax, eax
  mov edx, 0x01000000
fault:
  wrmsr
