// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 table 4-11: of a page-table entry bits from 40 (MAXPHYADDR) on are reserved
// pitfall: 14
// expect: ebx=24 esi=0
  handler 14, refused
  xor ebx, ebx
  xor esi, esi
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  .equ entry, PT64 + (FREE >> 12) * 8
  mov ecx, 9
next:
  btc dword ptr [entry], ecx
  invlpg [FREE]
  mov eax, [FREE]
again:
  btc dword ptr [entry], ecx
  inc ecx
  cmp ecx, 64
  jb next
  hlt
refused:
  pop eax
  sub eax, 9
  or esi, eax
  inc ebx
  mov esp, STACK
  jmp again
