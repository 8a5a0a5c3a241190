// mode: prot32
// manual: SDM vol. 3 17.2.4, 7.3: a task switch clears the local enables of DR7, not the global ones
// pitfall: 16 11
// expect: dr7=0x2aa/0x3ff
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov eax, 0xfff0
  mov dr0, eax
  mov dr1, eax
  mov dr2, eax
  mov dr3, eax
  mov eax, 0x7ff
  mov dr7, eax
  jmp_far FREE_SELECTOR
task:
  hlt
