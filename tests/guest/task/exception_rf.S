// mode: prot32
// manual: SDM vol. 3 17.3.1.1: a fault through a task gate saves EFLAGS with RF set
// pitfall: 11
// expect: tr=0x60 mem32[tss_base+0x24]=0x10000/0x10000
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate IDT+6*8, FREE_SELECTOR
  task_at FREE, task
  ud2
task:
  hlt
