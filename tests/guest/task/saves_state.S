// mode: prot32
// manual: SDM vol. 3 7.2.1 figure 7-2, 7.3: what is saved into the old TSS; CR3, LDT and the stacks stay as they were
// pitfall: 11
// init: eax=1 ecx=2 edx=3 ebx=4 ebp=5 esi=6 edi=7 flags=cf
// expect: mem32[tss_base+0x20]=back mem32[tss_base+0x24]=3 mem32[tss_base+0x28]=1 mem32[tss_base+0x2c]=2
// expect: mem32[tss_base+0x30]=3 mem32[tss_base+0x34]=4 mem32[tss_base+0x38]=stack_top mem32[tss_base+0x3c]=5
// expect: mem32[tss_base+0x40]=6 mem32[tss_base+0x44]=7 mem16[tss_base+0x48]=0x18 mem16[tss_base+0x4c]=8
// expect: mem16[tss_base+0x58]=0x2b mem32[tss_base+0x1c]=0x1234 mem16[tss_base+0x60]=0x5678
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  push DATA3
  pop fs
  mov dword ptr [TSS + 0x1c], 0x1234
  mov word ptr [TSS + 0x60], 0x5678
  jmp_far FREE_SELECTOR
back:
  nop
task:
  hlt
