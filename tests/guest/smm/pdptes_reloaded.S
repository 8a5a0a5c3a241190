// mode: prot32
// machine: pc
// pitfall: 14
// manual: SDM vol. 3 4.4.1 and 32.4.1: RSM to PAE paging loads the PDPTEs from memory
// expect: ebx=0x55 ecx=0x66
// Two page directories: the second maps 6000h to FREE's page.
  mov eax, PD64
  mov dword ptr [FREE + 0x2000], 0x103000 | 3
  mov dword ptr [FREE + 0x2004], 0
  mov esi, PT64
  mov edi, 0x103000
  mov ecx, 1024
  cld
  rep movsd
  mov dword ptr [0x103000 + 6 * 8], 0x104000 | 3
  mov dword ptr [0x6000], 0x55
  mov dword ptr [0x104000], 0x66
  mov eax, cr4
  or eax, 0x20
  mov cr4, eax
  mov eax, PDPT_PAE
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
  smm_on handler_
  mov dword ptr [PDPT_PAE], 0x102000 | 1
  invlpg [0x6000]
  mov ebx, dword ptr [0x6000]
  smi
  mov ecx, dword ptr [0x6000]
  hlt
smm_handler handler_
  smm_end
