// mode: prot32
// manual: SDM vol. 2 INT n: #TS(0) if the TSS's stack selector is NULL
// pitfall: 9
// expect-fault: ts 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  mov dword ptr [TSS + 16], 0
  to_user fault
  .section .user
fault:
  int 0x90
