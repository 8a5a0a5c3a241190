// mode: prot32 long64
// manual: SDM vol. 2 BT and 3.1.1.9: a negative register offset reaches below the operand; 16-bit offsets have 16 bits
// pitfall: 21
// expect: eax=1 ebx=1 flags=cf
  mov byte ptr [DATA], 0x80
  mov edx, -1
  bt dword ptr [DATA + 1], edx
  setc al
  movzx eax, al
  mov edx, 0xffff
  bt word ptr [DATA + 1], dx
  setc bl
  movzx ebx, bl
  mov edx, -8193
  bt dword ptr [DATA + 0x401], edx
  hlt
