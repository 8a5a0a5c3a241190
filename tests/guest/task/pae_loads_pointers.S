// mode: prot32
// manual: SDM vol. 3 4.4.1: a task switch that changes CR3 loads the PDPTEs of the new one
// pitfall: 14 11
// expect: ebx=0x5a5a cr3=free_area+0x800
  mov dword ptr [DATA], 0x5a5a
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov dword ptr [FREE + 0x1c], FREE + 0x800
  mov dword ptr [FREE + 0x800], PD64 | 1
  mov dword ptr [FREE + 0x808], PD64 | 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  jmp_far FREE_SELECTOR
task:
  mov ebx, [0x40000000 + DATA]
  hlt
