// mode: prot32 long64
// manual: SDM vol. 3 11.6: an instruction over two pages, changed in either of them
// pitfall: 25
// expect: esi=0x01020304 edi=0x01020305 ebp=0x99020305
  mov dword ptr [FREE + 0xffe], 0x020304b8
  mov dword ptr [FREE + 0x1002], 0x0000c301
  mov b_, offset FREE + 0xffe
  call b_
  mov esi, eax
  mov byte ptr [FREE + 0xfff], 5
  call b_
  mov edi, eax
  mov byte ptr [FREE + 0x1002], 0x99
  call b_
  mov ebp, eax
  hlt
