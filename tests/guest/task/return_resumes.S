// mode: prot32
// manual: SDM vol. 3 7.2.1, 7.4: a task that left by IRET goes on after the IRET when it is called again
// pitfall: 11
// expect: eax=2 tr=0x40
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  call_far FREE_SELECTOR
  call_far FREE_SELECTOR
  mov eax, [FREE + 0x28]
  hlt
task:
  mov eax, 1
  iret
  inc eax
  iret
