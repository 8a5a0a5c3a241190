// mode: long64
// needs: nx
// manual: SDM vol. 3 4.6, 4.7: the second half of an instruction on a no-execute page: CR2 in that page
// pitfall: 24
// expect-fault: pf 0x11 at=free_area+0xffe cr2=free_area+0x1000
  mov word ptr [FREE + 0xffe], 0x00b8
  page_set FREE+0x1000, 0, 0x80000000
  mov rax, FREE + 0xffe
  jmp rax
