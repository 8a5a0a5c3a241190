// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 6.5: a fault leaves the instruction undone; AMD's POPA keeps what it popped before (seen on Zen 4)
// init: ecx=0x11 edx=0x12 ebx=0x13
// expect-fault: pf 0 at=fault cr2=free_area+0x1000
// expect: ecx=0x11 esp=free_area+0xfec
// expect[Haswell]: edx=0x12 ebx=0x13
// expect[EPYC-Milan]: edx=0x12 ebx=0x55
  paging_on
  page_clear FREE + 0x1000, 1
  mov dword ptr [FREE + 0xffc], 0x55
  mov esp, FREE + 0xfec
fault:
  popa
