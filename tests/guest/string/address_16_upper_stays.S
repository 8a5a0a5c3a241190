// mode: prot32
// manual: SDM vol. 2 REP: with 16-bit addresses SI, DI and CX count and wrap; the upper halves stay
// pitfall: 26
// init: ecx=0x70002 esi=0x50000+0xffff edi=0x60000+0x5000
// expect: ecx=0x70000 esi=0x50001 edi=0x65002 mem16[data_page]=0x3412
  mov byte ptr [0xffff], 0x12
  mov byte ptr [0], 0x34
  .byte 0x67
  rep movsb
  hlt
