// mode: prot32
// manual: SDM vol. 3 6.15 #GP, 4.4.1, 7.3: a bad PDPTE found by a task switch is #GP, of the new task; no PDPTE is loaded
// pitfall: 14 11
// expect: ebp=0 esi=task edi=0x60
// Taken by a third task, which brings its own CR3.
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov dword ptr [FREE + 0x1c], FREE + 0x800
  mov dword ptr [FREE + 0x800], PD64 | 1
  mov dword ptr [FREE + 0x808], PD64 | 3
  descriptor FREE_SELECTOR+16, FREE+0x100, 0x67, 0x89, 0
  task_at where=FREE+0x100, label=handler, esp=0x11f00
  mov dword ptr [FREE + 0x11c], PDPT_PAE
  task_gate IDT+13*8, FREE_SELECTOR+16
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  jmp_far FREE_SELECTOR
task:
  hlt
handler:
  pop ebp
  mov esi, [FREE + 0x20]
  movzx edi, word ptr [FREE + 0x100]
  hlt
