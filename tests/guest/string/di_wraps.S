// mode: real16
// manual: SDM vol. 1 3.3.1 and vol. 3 20.1.1: offsets are 16 bits wide
// pitfall: 26
// init: edi=0xffff ecx=2 eax=0x44
// expect: mem8[0x14fff]=0x44 mem8[0x5000]=0x44 di=1 cx=0
  mov bx, 0x500
  mov es, bx
  rep stosb
  hlt
