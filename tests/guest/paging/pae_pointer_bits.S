// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 table 4-8: bits 2:1, 8:5 and from 40 (MAXPHYADDR) on are reserved: #GP(0) of MOV to CR3; no others are
// pitfall: 14
// expect: ebx=30 cr3=0x1a000
  handler 13, refused
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov esi, offset PDPT_PAE
  mov edi, FREE
  mov ecx, 8
  rep movsd
  xor ebx, ebx
  mov ecx, 1
  mov edx, FREE
next:
  btc dword ptr [FREE + 8], ecx
load:
  mov cr3, edx
  mov eax, PDPT_PAE
  mov cr3, eax
again:
  btc dword ptr [FREE + 8], ecx
  inc ecx
  cmp ecx, 64
  jb next
  hlt
refused:
  cmp dword ptr [esp + 4], offset load
  jne wrong
  inc ebx
  mov esp, STACK
  jmp again
wrong:
  hlt
