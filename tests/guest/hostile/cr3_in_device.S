// mode: prot32 long64
// pitfall: 30
// manual: SDM vol. 3 6.15 #DF: no page of the program, its tables or its stack can be reached
// expect-exit: shutdown
#if MODE_PROT32
  mov eax, 0xd0000
  mov cr3, eax
  set_bits cr0, 0x80000000
#else
  mov rax, 0xd0000
  mov cr3, rax
#endif
  ud2
