// mode: long64
// manual: SDM vol. 3 17.2.6: a 1 in bits 63:32 of DR7 is #GP(0)
// pitfall: 16
// expect-fault: gp 0 at=fault
  mov rax, 0x100000400
fault:
  mov dr7, rax
