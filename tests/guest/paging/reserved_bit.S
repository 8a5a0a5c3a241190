// mode: long64
// manual: SDM vol. 3 4.7: RSVD; table 4-20: bits above MAXPHYADDR are reserved
// expect-fault: pf 9 at=fault cr2=free_area
  page_set FREE, 0, 0x00080000
fault:
  mov eax, [FREE]
