// mode: long64 compat32
// manual: SDM vol. 3 5.8.3.1: a 64-bit call gate leads to 64-bit code only: #GP(code selector)
// expect-fault: gp 8 at=fault
  gate GDT+FREE_SELECTOR, CODE0_32, start, 0xec
  mov word ptr [DATA + 4], FREE_SELECTOR
fault:
  call fword ptr [DATA]
