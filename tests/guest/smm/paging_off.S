// mode: prot32 long64
// machine: pc
// pitfall: 25
// manual: SDM vol. 3 32.5: in SMM paging is off; no translation leaks in either direction
// expect: mem32[0x6000]=0x66 mem32[data_page]=0x55 ebx=0x55 ecx=0x55
  mov dword ptr [0x6000], 0x66
  mov dword ptr [DATA], 0x55
  paging_on
#if MODE_PROT32
  mov dword ptr [PT32 + 6 * 4], DATA | 3
#else
  mov dword ptr [PT64 + 6 * 8], DATA | 3
#endif
  invlpg [0x6000]
  smm_on handler_
  mov ebx, dword ptr [0x6000]
  smi
  mov ecx, dword ptr [0x6000]
  cmp dword ptr [DATA + 8], 0x66
  je 1f
  ud2
1:
  hlt
smm_handler handler_
  mov eax, dword ptr es:[0x6000]
  mov dword ptr es:[DATA + 8], eax
  smm_end
