// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6.1: implicit supervisor accesses to user pages fault even with AC = 1: here a descriptor
// pitfall: 9
// expect-fault: pf 1 at=fault cr2=free_area
  descriptor FREE_SELECTOR, FREE, 7, 0x82, 0
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0
  mov ecx, FREE_SELECTOR
  lldt cx
  page_set FREE, 4
  set_bits cr4, 0x200000
  stac
  mov ecx, 4
fault:
  mov es, ecx
