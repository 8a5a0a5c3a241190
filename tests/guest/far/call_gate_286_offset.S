// mode: prot32
// manual: SDM vol. 3 21.4 16-bit gates: bits 31:16 of the offset are not used
// pitfall: 12
// expect: eax=7
  mov eax, offset inner
  mov word ptr [GDT + FREE_SELECTOR], ax
  mov word ptr [GDT + FREE_SELECTOR + 2], CODE0_32
  mov word ptr [GDT + FREE_SELECTOR + 4], 0x8400
  mov word ptr [GDT + FREE_SELECTOR + 6], 0x1234
  .byte 0x9a
  .long 0
  .word FREE_SELECTOR
inner:
  mov eax, 7
  hlt
