// mode: prot32
// manual: SDM vol. 2 INT n: #TS(TSS selector) if the TSS does not reach to the inner stack pointer
// pitfall: 9
// expect-fault: ts 0x40 at=fault
  tss_again 104, 16
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  to_user fault
  .section .user
fault:
  int 0x90
