// mode: long64
// manual: SDM vol. 2 JMP: a far jump to 64-bit code checks the offset: #GP(0)
// cpu: Haswell
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rax, 0x800000000000
  mov [DATA], rax
  mov word ptr [DATA + 8], CODE0_64
fault:
  .byte 0x48, 0xff, 0x2c, 0x25
  .long DATA
