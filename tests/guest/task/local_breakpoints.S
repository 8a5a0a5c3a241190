// mode: prot32
// manual: SDM vol. 3 17.2.4, 7.3: a task switch clears the local enables of DR7 and sets CR0.TS
// pitfall: 11
// expect: dr7=0x402 cr0=8/8
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov eax, FREE + 0x1000
  mov dr0, eax
  mov eax, 0x557
  and eax, ~0x8
  mov dr7, eax
  jmp_far FREE_SELECTOR
task:
  hlt
