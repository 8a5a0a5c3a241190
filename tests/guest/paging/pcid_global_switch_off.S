// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.4.1: a change of CR4.PGE drops what is cached of all PCIDs
// expect: eax=0x11 ebx=0x22
  .equ entry, PT64 + (FREE >> 12) * 8
  mov dword ptr [FREE], 0x11
  mov dword ptr [FREE + 0x1000], 0x22
  set_bits cr4, 0x20000
  mov r8, 0x8000000000000000 + PML4 + 1
  mov cr3, r8
  mov eax, [FREE]
  mov r9, 0x8000000000000000 + PML4 + 2
  mov cr3, r9
  add dword ptr [entry], 0x1000
  mov rdx, cr4
  xor edx, 0x80
  mov cr4, rdx
  mov cr3, r8
  mov ebx, [FREE]
  hlt
