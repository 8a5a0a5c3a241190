// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.1: translations, of code too, are those of the present PCID
// expect: eax=0x11 ebx=0x22 ecx=0x11 edx=0x22
  .equ entry, PT64 + (FREE >> 12) * 8
  // Two functions: mov esi, 11h or 22h; ret
  mov dword ptr [FREE], 0x000011be
  mov word ptr [FREE + 4], 0xc300
  mov dword ptr [FREE + 0x1000], 0x000022be
  mov word ptr [FREE + 0x1004], 0xc300
  // Tables of the second space: FREE is the second page there.
  mov esi, PML4
  mov edi, FREE + 0x4000
  mov ecx, 4 * 512
  cld
  rep movsq
  lea eax, [FREE + 0x5007]
  mov [FREE + 0x4000], rax
  lea eax, [FREE + 0x6007]
  mov [FREE + 0x5000], rax
  lea eax, [FREE + 0x7007]
  mov [FREE + 0x6000], rax
  add dword ptr [FREE + 0x7000 + (FREE >> 12) * 8], 0x1000
  set_bits cr4, 0x20000
  mov r8, 0x8000000000000000 + PML4 + 1
  mov r9, 0x8000000000000000 + FREE + 0x4000 + 2
  mov r10d, FREE
  mov r11d, 100
again:
  mov cr3, r8
  call r10
  mov eax, esi
  mov cr3, r9
  call r10
  mov ebx, esi
  mov cr3, r8
  call r10
  mov ecx, esi
  mov cr3, r9
  call r10
  mov edx, esi
  dec r11d
  jnz again
  hlt
