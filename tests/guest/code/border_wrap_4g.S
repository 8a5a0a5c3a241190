// mode: prot32
// manual: SDM vol. 1 3.3.1, vol. 3 4.7: an instruction over the end of the linear address space ends at 0; then page 0 is absent
// pitfall: 24
// expect: esi=250
// expect-fault: pf 0 at=0xffe cr2=0
  paging_on
  mov eax, dword ptr [PD32]
  and eax, 0xfff
  or eax, FREE
  mov dword ptr [PD32 + 1023 * 4], eax
  mov dword ptr [FREE + 1023 * 4], (FREE + 0x1000) | 3
  mov word ptr [FREE + 0x1ffe], 0x05b8  // mov eax, 5; ret
  mov dword ptr [0], 0xc3000000
  descriptor FREE_SELECTOR, 0xfffff000, 0xfffff, 0x9b, 0xc
  jmp_far FREE_SELECTOR, next+0x1000
next:
  xor esi, esi
  mov ebx, 0xffe
  mov ecx, 50
1:
  call ebx
  add esi, eax
  dec ecx
  jnz 1b
  page_clear 0, 1
  call ebx
  hlt
