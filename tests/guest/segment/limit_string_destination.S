// mode: prot32
// manual: SDM vol. 3 5.3; vol. 2 STOS: ES is checked for writing
// pitfall: 1
// expect-fault: gp 0 at=fault ecx=1 edi=0x100 mem8[data_page+0xff]=0x5a mem8[data_page+0x100]=0
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov es, cx
  mov edi, 0xfe
  mov ecx, 3
  mov al, 0x5a
fault:
  rep stosb
