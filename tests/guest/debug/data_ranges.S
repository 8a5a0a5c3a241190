// mode: long64
// manual: SDM vol. 3 17.2.5: LEN 1, 2, 4, 8 bytes at aligned addresses; an operand meets it with any of its bytes
// pitfall: 16
// expect: ebx=5
  handler 1, trap
  xor ebx, ebx
  lea rax, [DATA + 0x10]
  mov dr0, rax
  mov eax, 0x00090402
  mov dr7, rax
  mov [DATA + 0x17], al
  mov [DATA + 0x18], al
  mov [DATA + 0x0f], al
  mov [DATA + 0x0d], eax
  mov [DATA + 0x09], rax
  mov [DATA + 0x08], rax
  mov eax, 0x00050402
  mov dr7, rax
  mov [DATA + 0x12], al
  mov [DATA + 0x11], al
  movdqu [DATA + 2], xmm0
  movdqu [DATA], xmm0
  hlt
trap:
  inc ebx
  iretq
