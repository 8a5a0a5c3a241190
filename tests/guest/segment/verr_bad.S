// mode: prot32 long64
// manual: SDM vol. 2 VERR, VERW: NULL, beyond the table, system descriptor: ZF is cleared, no fault
// pitfall: 10
// expect: ebx=0
  .macro probe op, selector
  mov ecx, \selector
  cmp ecx, ecx
  \op cx
  setz dl
  or bl, dl
  .endm
  probe verr, 0
  probe verw, 3
  probe verr, 0x1000
  probe verw, 0xfff8
  probe verr, TSS_SELECTOR
  probe verr, 0x14
  probe verw, 0x14
  hlt
