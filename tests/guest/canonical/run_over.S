// mode: long64
// manual: SDM vol. 1 3.3.7.1: fetching on at 800000000000H is #GP(0) there
// pitfall: 8 24
// expect-fault: gp 0 rip=0x800000000000 ebx=1
  .equ top, 0x7ffffffff000
  mov qword ptr [PML4 + 255 * 8], PDPT | 7
  mov qword ptr [PDPT + 511 * 8], PD64 | 7
  mov qword ptr [PD64 + 511 * 8], (FREE + 0x2000) | 7
  mov qword ptr [FREE + 0x2000 + 511 * 8], FREE | 7
  mov byte ptr [FREE + 0xffd], 0x90
  mov word ptr [FREE + 0xffe], 0xc3ff
  mov rax, 0x7ffffffffffe
  jmp rax
