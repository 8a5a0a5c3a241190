// mode: prot32
// manual: SDM vol. 3 4.4.1: a task switch loads the PDPTEs if it changes CR3, and else not
// pitfall: 14 11
// expect-fault: pf 0 at=fault cr2=0x40005000
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov dword ptr [FREE + 0x1c], PDPT_PAE
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  jmp_far FREE_SELECTOR
task:
fault:
  mov ebx, [0x40000000 + DATA]
