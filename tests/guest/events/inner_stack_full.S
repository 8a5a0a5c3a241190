// mode: prot32
// manual: SDM vol. 2 INT n: #SS(selector) if the frame does not fit on the inner stack
// pitfall: 9
// expect-fault: ss 0x70 at=fault esp=user_stack_top
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  descriptor FREE_SELECTOR+16, 0, 0x5fff, 0xb7, 0x4
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  mov dword ptr [TSS + 12], 0x6008
  mov dword ptr [TSS + 16], (FREE_SELECTOR + 16) | 1
  to_user fault
  .section .user
fault:
  int 0x90
