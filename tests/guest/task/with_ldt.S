// mode: prot32
// manual: SDM vol. 3 7.3: LDTR comes from the new TSS, before the segments that need it
// pitfall: 11
// expect: ds=4 ldtr=0x68 tr=0x60
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  descriptor FREE_SELECTOR+8, DATA, 7, 0x82, 0
  mov dword ptr [DATA], 0x0000ffff
  mov dword ptr [DATA + 4], 0x00cf9300
  task_at where=FREE, label=task, ds=4
  mov word ptr [FREE + 0x60], FREE_SELECTOR + 8
  jmp_far FREE_SELECTOR
task:
  hlt
