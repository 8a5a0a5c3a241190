// mode: prot32 long64
// manual: SDM vol. 3 4.6, 4.7: P and U/S
// expect-fault: pf 5 at=fault cr2=free_area
  paging_on
  to_user user
  .section .user
user:
#if MODE_PROT32
  mov ecx, DATA3
  mov ds, ecx
#endif
fault:
  mov eax, [FREE]
