// mode: prot32
// manual: SDM vol. 3 7.3: #GP(0) in the new task if EIP is beyond the limit of its CS
// pitfall: 11 1
// expect-fault: gp 0 rip=task tr=0x60
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  descriptor FREE_SELECTOR+8, 0, 0xfff, 0x9b, 0x4
  task_at where=FREE, label=task, cs=FREE_SELECTOR+8
  jmp_far FREE_SELECTOR
task:
  hlt
