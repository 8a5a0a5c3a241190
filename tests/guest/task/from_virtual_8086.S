// mode: prot32
// manual: SDM vol. 3 20.3.1.3: an interrupt of virtual-8086 mode through a task gate saves VM and the segments in the TSS
// pitfall: 11
// expect: mem32[tss_base+0x24]=0x20000/0x20000 mem16[tss_base+0x4c]=0x2000 mem32[tss_base+0x20]=2 mem16[tss_base+0x48]=0x2000
// expect: tr=0x60 flags=nt,!vm
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate IDT+0x90*8, FREE_SELECTOR
  task_at FREE, task
  to_v86 0x23002
task:
  hlt
  .section .user
  .code16
  int 0x90
