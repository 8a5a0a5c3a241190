// mode: prot32
// manual: SDM vol. 3 7.3: CR3 is loaded from the new TSS when paging is on, and not saved
// pitfall: 11
// expect: cr3=0x18008 mem32[tss_base+0x1c]=0
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov dword ptr [FREE + 0x1c], PD32 | 8
  paging_on
  jmp_far FREE_SELECTOR
task:
  hlt
