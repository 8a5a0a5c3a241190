// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.4.1: MOV to CR3 with bit 63 clear drops what is cached of the PCID that it enters
// expect: eax=0x11 ebx=0x22 ecx=0x22
  .equ entry, PT64 + (FREE >> 12) * 8
  mov dword ptr [FREE], 0x11
  mov dword ptr [FREE + 0x1000], 0x22
  set_bits cr4, 0x20000
  mov r8d, PML4 + 1
  mov cr3, r8
  mov eax, [FREE]
  mov r9, 0x8000000000000000 + PML4 + 2
  mov cr3, r9
  // Another space, which nothing is known of: the new page at once.
  add dword ptr [entry], 0x1000
  mov ebx, [FREE]
  mov cr3, r8
  mov ecx, [FREE]
  hlt
