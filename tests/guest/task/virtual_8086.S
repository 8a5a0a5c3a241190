// mode: prot32
// manual: SDM vol. 3 20.2.5: a task switch with VM set in the new EFLAGS enters virtual-8086 mode
// pitfall: 11
// expect-fault: gp 0 cs=0x2000 rip=1 flags=vm esp=0x200 tr=0x60 ax=7
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  mov dword ptr [FREE + 4], STACK0
  mov dword ptr [FREE + 8], DATA0
  task_at FREE, 0, 0x20002, V86_CODE, V86_STACK, V86_CODE, V86_SP
  mov dword ptr [FREE + 0x28], 6
  jmp_far FREE_SELECTOR
  .section .user
  .code16
  inc ax
  hlt
