// mode: prot32 compat32
// needs: avx
// manual: SDM vol. 2 2.3.5: C4H and C5H are LES and LDS with a memory operand, VEX when mod would be 3
// pitfall: 24
// expect: eax=0x1234 es=0x18 xmm1.lo=0
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  mov dword ptr [DATA], 0x1234
  mov word ptr [DATA + 4], DATA0
  .byte 0xc4, 0x05
  .long DATA
  .byte 0xc5, 0xf0, 0x57, 0xc9
  hlt
