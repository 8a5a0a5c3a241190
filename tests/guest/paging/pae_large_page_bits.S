// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 table 4-9: of a 2 MB page bits 20:13 and from 40 (MAXPHYADDR) on are reserved: #PF with RSVD; 12 is PAT
// pitfall: 14
// expect: ebx=32 esi=0
// Bits 13 to 20, 40 to 62, and 63 without EFER.NXE; bits 21 to 39 are the address, 9 to 11 nobody's.
  handler 14, refused
  xor ebx, ebx
  xor esi, esi
  mov dword ptr [PD64 + 8], 0x83
  mov dword ptr [PD64 + 12], 0
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov ecx, 9
next:
  btc dword ptr [PD64 + 8], ecx
  invlpg [0x200000 + DATA]
  mov eax, [0x200000 + DATA]
again:
  btc dword ptr [PD64 + 8], ecx
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
