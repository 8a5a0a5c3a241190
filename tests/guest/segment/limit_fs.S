// mode: prot32 compat32
// manual: SDM vol. 3 5.3: #GP(0) for FS, GS, ES as for DS
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov fs, cx
  mov eax, fs:[0xfc]
fault:
  mov eax, fs:[0xfe]
