// mode: prot32 long64
// manual: SDM vol. 3 4.7, 4.10.4.2: an instruction over two pages that ran before; the second is absent by now: CR2 is there
// pitfall: 24
// expect: esi=250
// expect-fault[prot32]: pf 0 at=free_area+0xffe cr2=free_area+0x1000
// expect-fault[long64]: pf 0x10 at=free_area+0xffe cr2=free_area+0x1000
  paging_on
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
  page_clear FREE + 0x1000, 1
  call b_
  hlt
