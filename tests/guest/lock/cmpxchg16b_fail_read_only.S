// mode: long64
// needs: cx16
// manual: SDM vol. 2 CMPXCHG16B: a write cycle whatever the result
// pitfall: 27
// expect-fault: pf 3 at=fault cr2=free_area
  page_clear FREE, 2
  mov eax, 6
  nop
fault:
  lock cmpxchg16b xmmword ptr [FREE]
