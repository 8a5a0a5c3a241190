// mode: long64
// manual: SDM vol. 1 3.3.7.1: #GP(0) for ES:RDI as well
// pitfall: 8
// expect-fault: gp 0 at=fault rcx=5
  mov rdi, 0xffff7fffffffffff
  mov ecx, 5
fault:
  rep stosb
