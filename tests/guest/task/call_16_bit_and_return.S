// mode: prot32
// manual: SDM vol. 3 7.4, 7.6: a 32-bit task calls a 16-bit one and gets all 32 bits back
// pitfall: 11
// init: ebx=0x12345678 edi=0x87654321
// expect: ebx=0x12345678 edi=0x87654321 esp=stack_top tr=0x40 mem16[free_area+0x18]=0x9999 mem8[gdt_base+0x65]=0x81
  descriptor FREE_SELECTOR, FREE, 0x2b, 0x81, 0
  task16_at FREE, task
  call_far FREE_SELECTOR
  hlt
task:
  mov ebx, 0x9999
  iret
