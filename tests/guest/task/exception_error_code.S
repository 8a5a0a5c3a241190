// mode: prot32
// manual: SDM vol. 3 6.12.2, 6.13: the error code goes on the new task's stack; the old EIP is the faulting instruction's
// pitfall: 11
// expect: tr=0x60 esp=0x11ffc mem32[0x11ffc]=0x1000 mem32[tss_base+0x20]=fault
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate IDT+13*8, FREE_SELECTOR
  task_at FREE, task
  mov eax, 0x1000
fault:
  mov ds, eax
task:
  hlt
