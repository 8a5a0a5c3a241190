// mode: prot32 long64
// manual: SDM vol. 2 VERR, VERW: by type and privilege
// pitfall: 10
// expect: ebx=0xb1
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x91, 0xc
  descriptor FREE_SELECTOR+8, 0, 0xfffff, 0x99, 0xc
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0x9b, 0xc
  .macro probe op, selector
  mov ecx, \selector
  \op cx
  setz dl
  shl ebx
  or bl, dl
  .endm
  probe verr, FREE_SELECTOR
  probe verw, FREE_SELECTOR
  probe verr, DATA0
  probe verw, DATA0
  probe verr, FREE_SELECTOR+8
  probe verw, TSS_SELECTOR
  probe verr, DATA0|1
  probe verr, FREE_SELECTOR+16
  hlt
