// mode: prot32
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #DE, #TS, #NP, #SS, #GP each with #NP behind it: double fault
// expect: ebx=5
  handler 8, double
  absent 0
  absent 10
  absent 11
  absent 12
  absent 13
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x13, 0xc
  descriptor FREE_SELECTOR+8, FREE, 0x2b, 0x89, 0
  xor ebx, ebx
  xor ecx, ecx
  mov eax, FREE_SELECTOR
  .balign 16, 0x90
first:
  slot div ecx
  slot far_pointer 0xea, FREE_SELECTOR+8
  slot mov fs, eax
  slot mov ss, eax
  slot lldt ax
  end_slots
  hlt
double:
  inc ebx
  mov esp, STACK
  mov edx, ebx
  shl edx, 4
  add edx, offset first
  jmp edx
