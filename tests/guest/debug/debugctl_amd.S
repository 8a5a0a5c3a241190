// mode: prot32
// cpu: EPYC-Milan
// manual: APM vol. 2 13.1.1.1: DEBUGCTL bits 5:2 select what the breakpoint pins show; 6 and above are reserved
// pitfall: 18
// expect-fault: gp 0 at=fault
// expect: ebx=0x3c
  wrmsr_ 0x1d9, 0x3c
  rdmsr
  mov ebx, eax
  mov eax, 0x40
fault:
  wrmsr
