// mode: long64
// manual: SDM vol. 3 4.8: entries that refer to another structure have A, and no D
// pitfall: 13
// expect: mem64[root]=0x20/0x60 mem64[second]=0x20/0x60 mem64[third]=0x20/0x60
  .equ root, PML4
  .equ second, PDPT
  .equ third, PD64
  and qword ptr [root], ~0x60
  and qword ptr [second], ~0x60
  and qword ptr [third], ~0x60
  mov rax, cr3
  mov cr3, rax
  mov dword ptr [FREE], eax
  hlt
