// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.4: the trap follows the instruction behind the one that sets TF, also when that is IRET
// pitfall: 16
// expect-fault: db at=after dr6=0x4000/0x4000
// expect: ecx=1
#if BITS == 64
  .equ CS_NOW, CODE0_64
#else
  .equ CS_NOW, CODE0_32
#endif
  xor ecx, ecx
#if BITS == 64
  mov rax, rsp
  push DATA0
  push rax
#endif
  push 0x102
  push CS_NOW
  push offset there
  iret_
there:
  inc ecx
after:
  inc ecx
