// mode: prot32
// manual: SDM vol. 3 table 7-1: #TS(selector) for a data segment that may not be loaded; ES is loaded first
// pitfall: 11 9
// expect-fault: ts 0x40 rip=task tr=0x60 ss=0x18 esp=0x12000
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at where=FREE, label=task, ds=TSS_SELECTOR
  jmp_far FREE_SELECTOR
task:
  hlt
