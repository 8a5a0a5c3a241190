// mode: prot32
// manual: SDM vol. 3 table 7-1: IRET with a link beyond the GDT is #TS(selector)
// pitfall: 11 9
// init: flags=nt
// expect-fault: ts 0x1000 at=fault
  mov word ptr [TSS], 0x1000
fault:
  iret
