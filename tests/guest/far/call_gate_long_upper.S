// mode: long64
// manual: SDM vol. 3 5.8.3.1: the type field of a 64-bit call gate's upper half is 0, else #GP(selector)
// expect-fault: gp 0x60 at=fault
  gate GDT+FREE_SELECTOR, CODE0_64, start, 0xec
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0x900
  mov word ptr [DATA + 4], FREE_SELECTOR
fault:
  call fword ptr [DATA]
