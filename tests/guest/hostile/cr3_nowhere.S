// mode: prot32 long64
// pitfall: 30
// manual: SDM vol. 3 4.3, 4.5: entries of all ones lead beyond memory or have reserved bits; 6.15 #DF
// expect-exit: shutdown
#if MODE_PROT32
  mov eax, 0x40000000
  mov cr3, eax
  set_bits cr0, 0x80000000
#else
  mov rax, 0x40000000
  mov cr3, rax
#endif
  ud2
