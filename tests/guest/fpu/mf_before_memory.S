// mode: prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 1 8.7.1: checked before the instruction executes, so before its operand is read
// expect-fault: mf at=fault cr2=0
  paging_on
  page_clear FREE, 1
  zero_divide
fault:
  fld dword ptr [FREE]
