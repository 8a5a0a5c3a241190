// mode: long64
// manual: SDM vol. 3 6.14.5, 4.7: the IST stack is used at once; a fault on it reports CR2 and the old RIP
// pitfall: 9
// expect-fault: pf 2 at=fault cr2=free_area+0xff8 rsp=stack_top
  mov qword ptr [TSS + 44], FREE + 0x1000
  mov byte ptr [IDT + 0x90 * 16 + 4], 2
  page_clear FREE, 1
fault:
  int 0x90
