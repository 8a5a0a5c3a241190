// mode: prot32 long64
// manual: the host itself: which of the x87 register forms are #UD; SDM vol. 2 appendix A.5 leaves those empty
// pitfall: 5 24
// expect: ebx=92 esi=0x43c2d9a9
// ESI is a checksum of the opcodes refused, in order.
  handler 6, refused
  mov dword ptr [DATA], 0xc0d8e3db
  mov byte ptr [DATA + 4], 0xc3
  xor ebx, ebx
  xor esi, esi
next:
  mov eax, DATA
  call a_
again:
  inc byte ptr [DATA + 3]
  jnz next
  mov byte ptr [DATA + 3], 0xc0
  inc byte ptr [DATA + 2]
  cmp byte ptr [DATA + 2], 0xe0
  jne next
  hlt
refused:
  mov sp_, STACK
  inc ebx
  imul esi, esi, 31
  movzx eax, word ptr [DATA + 2]
  xchg al, ah
  add esi, eax
  jmp again
