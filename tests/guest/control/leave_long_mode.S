// mode: compat32
// manual: SDM vol. 3 9.8.5.4, 2.2.1: clearing PG in compatibility mode clears LMA
// pitfall: 18
// expect: efer=0x100/0x500 cr0=0/0x80000000 ebx=7
  mov eax, cr0
  btr eax, 31
  mov cr0, eax
  mov ebx, 7
  hlt
