// mode: long64
// manual: SDM vol. 1 3.4.1.1: a 32-bit result clears bits 63:32, 8- and 16-bit ones do not
// init: rax=-1 rbx=-1 rcx=-1
// expect: rax=1 rbx=0xffffffffffff0001 rcx=0xffffffffffffff01
  mov eax, 1
  mov bx, 1
  mov cl, 1
  hlt
