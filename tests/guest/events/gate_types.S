// mode: prot32 long64
// manual: SDM vol. 3 table 3-2, 6.11, 6.14.1: which descriptor types an IDT may hold; others are #GP(vector * 8 + 2)
// pitfall: 9 12
// expect[prot32]: esi=0xc0c0 edi=0x482
// expect[long64]: esi=0xc000 edi=0x482
#if MODE_LONG64
  .equ entry, IDT + 0x90 * 16
#else
  .equ entry, IDT + 0x90 * 8
#endif
  handler 13, bad
  mov word ptr [entry], 0
  mov a_, offset good
  mov [entry], ax
  xor esi, esi
  xor ecx, ecx
again:
  mov eax, ecx
  or al, 0xe0
  cmp al, 0xe5
  je next
  mov [entry + 5], al
  int 0x90
next:
  inc ecx
  cmp ecx, 16
  jb again
  hlt
good:
  bts esi, ecx
  mov sp_, STACK
  jmp next
bad:
  pop di_
  mov sp_, STACK
  jmp next
