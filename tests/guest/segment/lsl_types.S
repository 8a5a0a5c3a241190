// mode: prot32 long64 compat32
// manual: SDM vol. 2 LSL table 3-64: system types with a valid limit
// pitfall: 10
// expect[prot32]: ebx=0x0a0e
// expect[long64 compat32]: ebx=0x0a04
  xor esi, esi
  mov ecx, FREE_SELECTOR
again:
  mov eax, esi
  or al, 0x80
  mov [GDT + FREE_SELECTOR + 5], al
  xor edx, edx
  lsl eax, ecx
  setz dl
  xchg ecx, esi
  shl edx, cl
  xchg ecx, esi
  or ebx, edx
  inc esi
  cmp esi, 16
  jb again
  hlt
