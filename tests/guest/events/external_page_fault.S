// mode: prot32
// manual: SDM vol. 3 6.13, 4.7: #PF of pushing an external interrupt's frame has its own error code, no EXT
// pitfall: 9
// init: flags=!if
// expect: eax=2 ebx=free_area+0xffc
  paging_on
  descriptor FREE_SELECTOR, FREE+0x2000, 0x67, 0x89, 0
  task_at FREE+0x2000, page_fault
  mov dword ptr [FREE + 0x2000 + 0x1c], PD32
  task_gate IDT+14*8, FREE_SELECTOR
  page_clear FREE, 1
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  mov esp, FREE + 0x1000
  out dx, al
  sti
  nop
  nop
page_fault:
  pop eax
  mov ebx, cr2
  hlt
