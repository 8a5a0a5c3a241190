// mode: long64
// manual: SDM vol. 1 3.3.7.1: the sum of base and offset must be canonical
// pitfall: 8
// expect-fault: gp 0 at=fault rax=0x1111
  mov qword ptr [DATA], 0x1111
  wrmsr_ 0xc0000100, 0xffff0000, 0x7fff
  mov rbx, -0x7fffffff0000 + DATA
  mov rax, fs:[rbx]
  mov ebx, 0x10000
fault:
  mov rax, fs:[rbx]
