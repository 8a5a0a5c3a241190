// mode: prot32 long64
// manual: SDM vol. 2 ADDPS, FADD, RCL: instructions of all units over the end of a page (RCL turns 33 bits)
// pitfall: 24
// expect: mem32[data_page]=0x42480000 mem32[data_page+16]=0x42480000 edi=0x20000
  mov dword ptr [DATA + 32], 0x3f800000  // 1.0
  mxcsr_ 0x1f80
  xorps xmm0, xmm0
  fninit
  fldz
  mov edi, 1
  mov ecx, 50
  jmp 1f
  .org 0xffd
1:
  addps xmm0, [DATA + 32]
  jmp 2f
  .org 0x1ffd
2:
  fadd dword ptr [DATA + 32]
  jmp 3f
  .org 0x2fff
3:
  rcl edi, 1
  dec ecx
  jnz 1b
  movss [DATA], xmm0
  fstp dword ptr [DATA + 16]
  hlt
