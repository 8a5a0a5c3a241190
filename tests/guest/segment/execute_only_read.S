// mode: prot32
// manual: SDM vol. 3 5.5: an execute-only code segment cannot be read, not even through CS
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x99, 0xc
  jmp_far FREE_SELECTOR, fault
fault:
  mov eax, cs:[DATA]
