// mode: prot32
// manual: SDM vol. 3 6.15 #DF: a task gate gives a double fault a stack that works
// pitfall: 11 9
// expect: tr=0x60 mem32[0x11ffc]=0 esp=0x11ffc mem32[tss_base+0x20]=fault
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  descriptor FREE_SELECTOR+8, DATA, 0xff, 0x93, 0x4
  task_gate IDT+8*8, FREE_SELECTOR
  task_at FREE, task
  mov eax, FREE_SELECTOR + 8
  mov ss, eax
  mov esp, 0x1000
fault:
  push eax
task:
  hlt
