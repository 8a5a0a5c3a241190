// mode: prot32 long64
// manual: SDM vol. 3 4.10.4.1: the second page of an instruction is another after INVLPG, and the old one after a load of CR3
// pitfall: 25
// expect: esi=250 edi=13050 ebp=250
#if LMODE
  .equ entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
.macro run sum
  xor \sum, \sum
  mov ecx, 50
1:
  call b_
  add \sum, eax
  dec ecx
  jnz 1b
.endm
  paging_on
  mov dword ptr [FREE + 0xffe], 0x000005b8  // mov eax, 5; ret
  mov word ptr [FREE + 0x1002], 0xc300
  mov dword ptr [FREE + 0x2000], 0xc3000001  // makes it 105h
  mov b_, offset FREE + 0xffe
  run esi
  mov dword ptr [entry], (FREE + 0x2000) | 3
  invlpg [FREE + 0x1000]
  run edi
  mov dword ptr [entry], (FREE + 0x1000) | 3
  mov a_, cr3
  mov cr3, a_
  run ebp
  hlt
