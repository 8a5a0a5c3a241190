// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 LGDT, APM vol. 3 LGDT: #GP(0) for a non-canonical base
// pitfall: 17
// expect-fault: gp 0 at=fault gdtr.base=gdt_base
  mov word ptr [DATA], 0xffff
  mov rax, 0x800000000000
  mov [DATA + 2], rax
fault:
  lgdt [DATA]
