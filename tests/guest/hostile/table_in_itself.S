// mode: long64
// pitfall: 13 30
// manual: SDM vol. 3 4.8: four levels of one entry, which at last maps the page
// expect: rax=pml4+0x23 mem64[pml4+0xff8]=pml4+0x63
  .equ pml4, PML4
  mov qword ptr [PML4 + 0xff8], PML4 | 3
  mov rax, [-8]
  mov byte ptr [-16], 0
  hlt
