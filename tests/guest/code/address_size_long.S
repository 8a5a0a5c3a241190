// mode: long64
// manual: SDM vol. 2 2.2.1.6, 3.3.7: a 32-bit effective address is zero-extended after the sum
// pitfall: 24
// expect: eax=0x77
  mov byte ptr [DATA], 0x77
  mov rbx, 0xffffffff00004000
  movzx eax, byte ptr [ebx + 0x1000]
  hlt
