// mode: prot32
// manual: SDM vol. 2 MOVUPS: #GP(0) beyond the limit; vol. 3 5.3: all 16 bytes count
// pitfall: 1
// expect: ebx=6
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  handler 13, counted
  mov ecx, FREE_SELECTOR
  mov fs, cx
  slot movups xmm0, fs:[0xf0]
  slot movups xmm0, fs:[0xf1]
  slot movups fs:[0xf8], xmm0
  slot movq mm0, fs:[0xf9]
  slot movss xmm0, fs:[0xfd]
  slot movss xmm0, fs:[0xfc]
  slot movaps xmm0, fs:[0x100]
  slot cvtsi2sd xmm0, dword ptr fs:[0xff]
  end_slots
  hlt
counted:
  next_slot 1
