// mode: prot32 long64
// manual: SDM vol. 3 3.5.1, 3.4.2: TI = 1 names the LDT; its base and limit come from its descriptor
// expect-fault: gp 0xc at=fault ds=4 edx=0xffffffff
  descriptor FREE_SELECTOR, DATA, 0xf, 0x82, 0
#if LMODE
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0
#endif
  mov ax, FREE_SELECTOR
  lldt ax
  mov dword ptr [DATA], 0x0000ffff
  mov dword ptr [DATA + 4], 0x00cf9300
  mov dword ptr [DATA + 8], 0x0000ffff
  mov dword ptr [DATA + 12], 0x00cf1300
  mov ecx, 4
  mov ds, ecx
  mov ecx, 12
  lsl edx, ecx
  descriptor FREE_SELECTOR, DATA, 7, 0x82, 0
  mov ax, FREE_SELECTOR
  lldt ax
fault:
  mov es, ecx
