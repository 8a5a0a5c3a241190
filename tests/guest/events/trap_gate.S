// mode: prot32 long64
// manual: SDM vol. 3 6.12.1.3: a trap gate leaves IF, an interrupt gate clears it; both clear TF, NT, RF
// init: flags=if,nt
// expect: flags=if,!nt,!tf ebx=2
#if MODE_LONG64
  mov byte ptr [IDT + 0x90 * 16 + 5], 0x8f
  mov word ptr [IDT + 0x90 * 16], offset target
#else
  mov byte ptr [IDT + 0x90 * 8 + 5], 0x8f
  mov word ptr [IDT + 0x90 * 8], offset target
#endif
  inc ebx
  int 0x90
target:
  inc ebx
  mov eax, [sp_ + 2 * WORD_SIZE]
  test ah, 0x40
  jnz 1f
  ud2
1:
  hlt
