// mode: prot32 long64
// manual: SDM vol. 3 2.5: bits 2:0 and 11:5 of CR3 are ignored without PCIDE
// pitfall: 18
// expect: ebx=7
#if BITS == 64
  mov eax, PML4 | 0xfe7
#else
  mov eax, PD32 | 0xfe7
#endif
  mov cr3, a_
#if BITS == 32
  set_bits cr0, 0x80000000
#endif
  mov ebx, [DATA]
  mov ebx, 7
  hlt
