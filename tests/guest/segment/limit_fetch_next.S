// mode: prot32 compat32
// manual: SDM vol. 3 5.3: running over the end of the code segment
// pitfall: 1
// expect-fault: gp 0 rip=0x1000 ebx=1
  mov word ptr [FREE + 0xffe], 0x4390
  descriptor FREE_SELECTOR, FREE, 0xfff, 0x9b, 0x4
  jmp_far FREE_SELECTOR, 0xffe
