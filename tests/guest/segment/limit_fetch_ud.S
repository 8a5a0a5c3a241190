// mode: prot32
// manual: SDM vol. 3 table 6-2: faults of fetching come before those of decoding
// pitfall: 1 24
// expect-fault: gp 0 rip=0xfff
  mov word ptr [FREE + 0xffe], 0x0f90
  mov byte ptr [FREE + 0x1000], 0x0b
  descriptor FREE_SELECTOR, FREE, 0xfff, 0x9b, 0x4
  jmp_far FREE_SELECTOR, 0xfff
