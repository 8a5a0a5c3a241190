// mode: long64
// manual: SDM vol. 3 4.7: the second half of an instruction on an absent page; CR2 is in that page
// pitfall: 24
// expect-fault: pf 0x10 at=free_area+0xffe cr2=free_area+0x1000
  mov word ptr [FREE + 0xffe], 0xb890
  mov byte ptr [FREE + 0xffe], 0xb8
  page_clear FREE + 0x1000, 1
  mov rax, FREE + 0xffe
  jmp rax
