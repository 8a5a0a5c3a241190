// mode: prot32
// manual: SDM vol. 2 BT, XLAT, CMPXCHG8B, BOUND, LGDT, LES, MASKMOVQ: #GP(0) beyond the limit
// pitfall: 1
// expect: esi=8
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  handler 13, counted
  mov ecx, FREE_SELECTOR
  mov fs, cx
  mov eax, 0x800
  mov ebx, 0xff
  slot bt dword ptr fs:[0], eax
  slot .byte 0x64, 0xd7
  end_slots
  mov al, 1
  slot .byte 0x64, 0xd7
  slot cmpxchg8b qword ptr fs:[0xfc]
  slot lgdt fs:[0xfb]
  slot les eax, fs:[0xfb]
  slot bound eax, fs:[0xfc]
  slot sgdt fs:[0xfc]
  slot pop dword ptr fs:[0xfd]
  end_slots
  hlt
counted:
  add esp, 4
  inc esi
  add dword ptr [esp], 16
  and dword ptr [esp], -16
  iret
