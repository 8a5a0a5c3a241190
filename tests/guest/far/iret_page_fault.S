// mode: prot32
// manual: SDM vol. 3 4.7: IRET to an outer level reads five words first; a fault at the fifth leaves all as it was
// pitfall: 9
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 cs=8
  paging_on
  page_clear FREE+0x1000, 1
  mov dword ptr [FREE + 0x1000 - 16], 0x20000
  mov dword ptr [FREE + 0x1000 - 12], CODE3_32
  mov dword ptr [FREE + 0x1000 - 8], 2
  mov dword ptr [FREE + 0x1000 - 4], USER_STACK
  mov esp, FREE + 0x1000 - 16
fault:
  iret
