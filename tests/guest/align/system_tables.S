// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: implicit supervisor accesses (descriptor tables, TSS) are not checked
// pitfall: 2
// expect: es=7
  user_page DATA
  descriptor FREE_SELECTOR, DATA+1, 0xf, 0x82, 0
#if LMODE
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0
#endif
  mov ax, FREE_SELECTOR
  lldt ax
  mov dword ptr [DATA + 1], 0x0000ffff
  mov dword ptr [DATA + 5], 0x00cff200
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  mov ecx, 7
  mov es, ecx
  done
