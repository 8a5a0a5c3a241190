// mode: long64
// manual: SDM vol. 2 MOV: SS may be NULL in 64-bit mode below CPL 3, with RPL = CPL
// pitfall: 1
// expect-fault: gp 0 at=fault ss=0 bx=0x77
  xor ecx, ecx
  mov ss, ecx
  push 0x77
  pop rbx
  mov ecx, 1
fault:
  mov ss, ecx
