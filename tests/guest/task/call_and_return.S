// mode: prot32
// manual: SDM vol. 3 7.4: CALL nests: link, NT, both busy; IRET goes back, clears NT and the busy bit of the task it leaves
// pitfall: 11
// init: ebx=0x77
// expect: ebx=0x77 tr=0x40 esp=stack_top flags=!nt mem8[gdt_base+0x65]=0x89 mem8[gdt_base+0x45]=0x8b
// expect: mem16[free_area]=0x40 mem32[free_area+0x34]=5 mem32[free_area+0x24]=0/0x4000 mem32[free_area+0x40]=0x8b8b/0xffff
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  call_far FREE_SELECTOR
  hlt
task:
  mov ebx, 5
  mov ah, [GDT + 0x45]
  mov al, [GDT + 0x65]
  movzx esi, ax
  pushf
  test dword ptr [esp], 0x4000
  jnz 1f
  ud2
1:
  iret
