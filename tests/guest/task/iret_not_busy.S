// mode: prot32
// manual: SDM vol. 3 table 7-1: IRET to a TSS that is not busy is #TS(selector)
// pitfall: 11
// init: flags=nt
// expect-fault: ts 0x60 at=fault flags=nt
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, fault
  mov word ptr [TSS], FREE_SELECTOR
fault:
  iret
