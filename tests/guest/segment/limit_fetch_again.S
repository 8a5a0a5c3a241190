// mode: prot32 compat32
// manual: SDM vol. 3 5.3: a limit that has become smaller holds for code that has run before
// pitfall: 1
// expect-fault: gp 0 rip=0x101 ebx=2
  mov dword ptr [FREE + 0x100], 0x0000b843  // inc ebx; mov eax, 0; retf
  mov dword ptr [FREE + 0x104], 0x90cb0000
  descriptor FREE_SELECTOR, FREE, 0xfff, 0x9b, 0x4
  call_far FREE_SELECTOR, 0x100
  descriptor FREE_SELECTOR, FREE, 0x103, 0x9b, 0x4
  call_far FREE_SELECTOR, 0x100
