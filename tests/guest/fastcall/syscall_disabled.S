// mode: long64
// manual: SDM vol. 2 SYSCALL: #UD if EFER.SCE = 0
// pitfall: 28
// expect-fault: ud at=fault
  mov ecx, 0xc0000080
  rdmsr
  and eax, -2
  wrmsr
fault:
  syscall
