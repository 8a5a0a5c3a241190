// mode: prot32
// manual: SDM vol. 3 table 7-1: IRET with a link that is no TSS in the GDT is #TS(selector)
// pitfall: 11 9
// init: flags=nt
// expect-fault: ts 0x44 at=fault
  mov word ptr [TSS], TSS_SELECTOR | 4
fault:
  iret
