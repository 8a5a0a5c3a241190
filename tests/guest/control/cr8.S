// mode: long64
// manual: SDM vol. 2 MOV CR: #GP(0) for reserved bits of CR8
// pitfall: 18
// expect-fault: gp 0 at=fault cr8=5
  mov eax, 5
  mov cr8, rax
  mov eax, 16
fault:
  mov cr8, rax
