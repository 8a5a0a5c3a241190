// mode: long64
// manual: SDM vol. 3 4.8: the dirty flag is in the entry that maps the page, here the PDE; table 4-18
// pitfall: 13
// init: rax=0x1234
// expect: mem64[directory_entry]=0xe7/0xfff mem32[free_area]=0x1234
  .equ directory_entry, PD64 + 8
  mov qword ptr [directory_entry], 0x87
  mov dword ptr [0x200000 + FREE], eax
  hlt
