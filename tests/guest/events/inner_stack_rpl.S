// mode: prot32
// manual: SDM vol. 2 INT n: #TS(selector) if RPL of the TSS's stack selector is not the new CPL
// pitfall: 9
// expect-fault: ts 0x70 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0xb3, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  mov dword ptr [TSS + 12], STACK
  mov dword ptr [TSS + 16], FREE_SELECTOR + 16
  to_user fault
  .section .user
fault:
  int 0x90
