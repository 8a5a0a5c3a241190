// mode: prot32
// manual: SDM vol. 3 4.7: a fault on pushing CS: CR2 is the slot; CS, EIP, ESP stay
// pitfall: 9
// expect-fault: pf 6 at=fault cr2=free_area-4 cs=0x23 esp=free_area
  paging_on
  page_clear 0xff000, 1
  push DATA3
  push FREE
  push 2
  push CODE3_32
  push offset fault
  iret
  .section .user
fault:
  call_far CODE3_32, fault
