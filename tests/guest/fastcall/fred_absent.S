// mode: long64
// pitfall: 28
// manual: SDM vol. 3 2.5, vol. 4: without CPUID.(7,1):EAX[17] there is no CR4.FRED (#GP), no ERETU, ERETS, LKGS (#UD), no FRED MSRs
// expect: ebx=3 esi=3 edi=0
  handler 6, undefined
  handler 13, refused
  mov eax, 7
  mov ecx, 1
  cpuid
  xor edi, edi
  test eax, 0x20000
  setnz dil
  xor ebx, ebx
  xor esi, esi
  xor ebp, ebp
  slot .byte 0xf2, 0x0f, 0x01, 0xca
  slot .byte 0xf3, 0x0f, 0x01, 0xca
  slot .byte 0xf2, 0x0f, 0x00, 0xf0
  end_slots
  mov rax, cr4
  bts rax, 32
  mov cr4, rax
  nop
1:
  mov ecx, 0x1cc
  rdmsr
  nop
  mov ecx, 0x1d4
  rdmsr
  nop
  hlt
undefined:
  next_slot
refused:
  inc esi
  add rsp, 8
  mov rbp, rsp
  mov rax, [rbp]
2:
  inc rax
  cmp byte ptr [rax], 0x90
  jne 2b
  mov [rbp], rax
  iretq
