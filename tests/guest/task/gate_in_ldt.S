// mode: prot32
// manual: SDM vol. 3 7.2.5: a task gate in the LDT
// pitfall: 11
// expect: tr=0x60 ldtr=0
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  descriptor FREE_SELECTOR+8, DATA, 7, 0x82, 0
  mov ax, FREE_SELECTOR + 8
  lldt ax
  task_gate DATA, FREE_SELECTOR
  task_at FREE, task
  jmp_far 4
task:
  hlt
