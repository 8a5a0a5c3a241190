// mode: prot32
// manual: SDM vol. 3 11.6, 8.1.3: code changed through another linear address is seen after a serializing instruction
// pitfall: 25
// expect: al=7
  mov dword ptr [PT32 + (FREE >> 12) * 4 + 4], FREE + 3
  paging_on
  mov dword ptr [FREE], 0xc301b0
  mov ebp, FREE
  call ebp
  mov byte ptr [FREE + 0x1001], 7
  xor eax, eax
  cpuid
  call ebp
  hlt
