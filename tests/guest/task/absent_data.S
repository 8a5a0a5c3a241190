// mode: prot32
// manual: SDM vol. 3 table 7-1: #NP(selector) for a data segment that is not present
// pitfall: 11 9
// expect-fault: np 0x68 rip=task tr=0x60
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  descriptor FREE_SELECTOR+8, 0, 0xfffff, 0x13, 0xc
  task_at where=FREE, label=task, ds=FREE_SELECTOR+8
  jmp_far FREE_SELECTOR
task:
  hlt
