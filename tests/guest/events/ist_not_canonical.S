// mode: long64
// manual: SDM vol. 2 INT n: #SS(EXT) if the new stack pointer is not canonical
// pitfall: 8 9
// expect-fault: ss 0 at=fault
  mov rax, 0x800000000000
  mov [TSS + 44], rax
  mov byte ptr [IDT + 0x90 * 16 + 4], 2
fault:
  int 0x90
