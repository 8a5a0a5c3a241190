// mode: prot32
// manual: SDM vol. 3 table 7-2: JMP: the old task's busy flag is cleared, NT and link are not touched
// pitfall: 11
// expect: tr=0x60 mem8[gdt_base+0x45]=0x89 mem8[gdt_base+0x65]=0x8b mem16[free_area]=0x5555 flags=!nt
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov word ptr [FREE], 0x5555
  jmp_far FREE_SELECTOR
task:
  hlt
