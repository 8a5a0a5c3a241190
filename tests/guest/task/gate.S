// mode: prot32
// manual: SDM vol. 3 7.2.5: a task gate in the GDT; the gate's DPL counts, the TSS's does not
// pitfall: 11
// expect: eax=0x77 tr=0x60 mem16[free_area]=0x40 cs=8
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate GDT+FREE_SELECTOR+8, FREE_SELECTOR
  task_at FREE, task
  to_user user
task:
  mov eax, 0x77
  hlt
  .section .user
user:
  call_far FREE_SELECTOR+11
