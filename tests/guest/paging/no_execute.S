// mode: long64
// needs: nx
// manual: SDM vol. 3 4.6, 4.7: I/D with EFER.NXE
// expect-fault: pf 0x11 at=free_area cr2=free_area
  page_set FREE, 0, 0x80000000
  mov rax, FREE
  jmp rax
