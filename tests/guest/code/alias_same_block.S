// mode: prot32 long64
// manual: SDM vol. 3 11.6, 8.3: a straight run of code changes itself through another address and serializes
// pitfall: 25
// expect: eax=7
#if LMODE
  .equ table, PT64 + ((FREE) >> 12) * 8
#else
  .equ table, PT32 + ((FREE) >> 12) * 4
#endif
  paging_on
  mov dword ptr [table], (IMAGE & ~0xfff) | 3
  invlpg [FREE]
  mov ecx, 2
twice:
  push c_
  mov byte ptr [FREE + (target - start) + 1], cl
  cpuid
target:
  mov eax, 1
  pop c_
  add ecx, 5  // the second time round stores 7
  cmp ecx, 7
  je twice
  hlt
