// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 LAR: the second doubleword and 00F0FF00H; its low half for 16 bits; a descriptor need not be present; APM vol. 3: 00FFFF00H
// pitfall: 10
// init: ebx=-1
// expect: ebx=0xffff1300 flags=zf
// expect[Haswell]: eax=0x00d01300
// expect[EPYC-Milan]: eax=0x00da1300
  descriptor FREE_SELECTOR, 0x12345678, 0xabcde, 0x13, 0xd
  mov ecx, FREE_SELECTOR
  lar eax, ecx
  lar bx, cx
  hlt
