// mode: prot32 compat32
// manual: SDM vol. 3 5.3: a fetch beyond the limit of CS is #GP(0) at the instruction that lies there
// pitfall: 1
// expect-fault: gp 0 rip=0xfff ebx=1
  mov word ptr [FREE + 0xffd], 0x9090
  mov word ptr [FREE + 0xffe], 0xb843
  descriptor FREE_SELECTOR, FREE, 0xfff, 0x9b, 0x4
  jmp_far FREE_SELECTOR, 0xffd
