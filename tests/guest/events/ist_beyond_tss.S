// mode: long64
// manual: SDM vol. 2 INT n: #TS(TSS selector) if the IST entry lies beyond the TSS's limit
// pitfall: 9
// expect-fault: ts 0x40 at=fault
  tss_again 104, 50
  mov byte ptr [IDT + 0x90 * 16 + 4], 2
fault:
  int 0x90
