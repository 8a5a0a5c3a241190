// mode: prot32
// manual: SDM vol. 3 table 7-1, 7.3: #TS(CS) in the new task: TR is loaded, the fault is reported at its EIP
// pitfall: 11 9
// expect: ebp=0x18 esi=task edi=0x60 mem8[gdt_base+0x45]=0x89
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at where=FREE, label=task, cs=DATA0
  descriptor FREE_SELECTOR+16, FREE+0x100, 0x67, 0x89, 0
  task_at where=FREE+0x100, label=handler, esp=0x11f00
  task_gate IDT+10*8, FREE_SELECTOR+16
  jmp_far FREE_SELECTOR
task:
  hlt
handler:
  pop ebp
  mov esi, [FREE + 0x20]
  movzx edi, word ptr [FREE + 0x100]
  hlt
