// mode: long64
// manual: SDM vol. 3 6.15: #GP, not #PF, though nothing is mapped there: CR2 stays
// pitfall: 8
// expect-fault: gp 0 at=fault cr2=0x1234
  mov eax, 0x1234
  mov cr2, rax
  mov rbx, 0x7fffffffffffffff
fault:
  inc byte ptr [rbx]
