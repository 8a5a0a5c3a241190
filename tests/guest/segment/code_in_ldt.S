// mode: prot32
// manual: SDM vol. 3 3.5.1: code segments and call gates may lie in the LDT
// expect: cs=0xc eax=7
  descriptor FREE_SELECTOR, DATA, 0xf, 0x82, 0
  mov ax, FREE_SELECTOR
  lldt ax
  gate DATA, 0xc, target, 0x8c
  mov dword ptr [DATA + 8], 0x0000ffff
  mov dword ptr [DATA + 12], 0x00cf9a00
  call_far 4
target:
  mov eax, 7
  hlt
