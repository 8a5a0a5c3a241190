// mode: long64
// manual: SDM vol. 3 3.4.4: in 64-bit mode FS and GS have a base, no limit
// pitfall: 1
// expect: eax=0x11223344
  mov dword ptr [DATA + 0x800], 0x11223344
  descriptor FREE_SELECTOR, DATA, 0xff, 0x91, 0x4
  mov ecx, FREE_SELECTOR
  mov fs, ecx
  mov dword ptr fs:[0x900], 1
  mov eax, fs:[0x800]
  hlt
