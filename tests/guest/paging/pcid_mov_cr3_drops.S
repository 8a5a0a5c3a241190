// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.4.1: MOV to CR3 with bit 63 clear drops what is cached of the PCID that it enters
// expect: eax=0x11 ebx=0x22 ecx=0x22
  two_pcids
  // Another space, which nothing is known of: the new page at once.
  mov ebx, [FREE]
  btr r8, 63
  mov cr3, r8
  mov ecx, [FREE]
  hlt
