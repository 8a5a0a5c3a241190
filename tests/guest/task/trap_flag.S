// mode: prot32
// manual: SDM vol. 3 7.2.1, 17.3.1.5: T in the new TSS: #DB before its first instruction, DR6.BT
// pitfall: 11 16
// expect-fault: db at=task dr6=0x8000/0x8000 tr=0x60 esp=0x12000
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, task
  mov word ptr [FREE + 0x64], 1
  jmp_far FREE_SELECTOR
task:
  hlt
