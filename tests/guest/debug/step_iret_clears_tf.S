// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.4: TF counts as the instruction began with it: IRET that clears it traps
// pitfall: 16
// expect-fault: db at=there dr6=0x4000/0x4000
// expect: flags=!tf
#if BITS == 64
  .equ CS_NOW, CODE0_64
  mov rbx, rsp
  mov edx, DATA0
  pushf
  or word ptr [sp_], 0x100
  mov rdi, [rsp]
  add rsp, 8
  push rdx
  push rbx
  push 2
  push CS_NOW
  push offset there
  push rdi
#else
  .equ CS_NOW, CODE0_32
  push 2
  push CS_NOW
  push offset there
  push 0x102
#endif
  popf
  iret_
there:
  nop
