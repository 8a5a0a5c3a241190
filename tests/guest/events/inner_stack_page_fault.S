// mode: prot32
// manual: SDM vol. 3 4.7: pushes on an inner stack are supervisor writes; CR2
// pitfall: 9
// expect-fault: pf 2 at=fault cr2=free_area+0xffc esp=user_stack_top
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0xb3, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  mov dword ptr [TSS + 12], FREE + 0x1000
  mov dword ptr [TSS + 16], (FREE_SELECTOR + 16) | 1
  paging_on
  page_clear FREE, 1
  to_user fault
  .section .user
fault:
  int 0x90
