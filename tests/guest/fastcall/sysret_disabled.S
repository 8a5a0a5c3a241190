// mode: long64
// manual: SDM vol. 2 SYSRET: #UD if EFER.SCE = 0, before the check of CPL
// pitfall: 28
// expect-fault: ud at=fault
  mov ecx, 0xc0000080
  rdmsr
  and eax, -2
  wrmsr
  to_user fault
  .section .user
fault:
  sysretq
