// mode: long64
// needs: nx
// manual: SDM vol. 3 4.6, 4.7: an instruction over two pages that ran before; the second is no-execute by now: CR2 is there
// pitfall: 24
// expect: esi=250
// expect-fault: pf 0x11 at=free_area+0xffe cr2=free_area+0x1000
  mov dword ptr [FREE + 0xffe], 0x000005b8  // mov eax, 5; ret
  mov word ptr [FREE + 0x1002], 0xc300
  mov b_, offset FREE + 0xffe
  xor esi, esi
  mov ecx, 50
1:
  call b_
  add esi, eax
  dec ecx
  jnz 1b
  page_set FREE + 0x1000, 0, 0x80000000
  call b_
  hlt
