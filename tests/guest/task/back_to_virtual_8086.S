// mode: prot32
// manual: SDM vol. 3 20.2.5, 7.4: IRET of the nested task goes back into virtual-8086 mode
// pitfall: 11
// expect: bx=7 cs=0x2000 flags=vm,!nt
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate IDT+0x90*8, FREE_SELECTOR
  task_at FREE, task
  to_v86 0x23002
task:
  iret
  .section .user
  .code16
  int 0x90
  mov bx, 7
  int DONE_VECTOR
