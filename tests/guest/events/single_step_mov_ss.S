// mode: prot32
// manual: SDM vol. 3 6.8.3: MOV SS holds back single-step traps until after the next instruction
// pitfall: 15 16
// expect-fault: db at=after ecx=1
  mov eax, DATA0
  push 0x102
  popf
  mov ss, eax
  add ecx, 1
after:
  add ecx, 1
