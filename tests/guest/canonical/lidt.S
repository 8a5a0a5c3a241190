// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 LIDT, APM vol. 3 LIDT: #GP(0) for a non-canonical base
// pitfall: 17
// expect-fault: gp 0 at=fault idtr.base=idt_base
  mov word ptr [DATA], 0xffff
  mov rax, 0xffff7fffffffffff
  mov [DATA + 2], rax
fault:
  lidt [DATA]
