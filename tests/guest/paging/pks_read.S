// mode: long64
// manual: SDM vol. 3 4.6.2: ADi of IA32_PKRS forbids data accesses to supervisor pages of key i; 4.7: PK flag
// needs: pks
// expect-fault: pf 0x21 at=fault cr2=free_area
  page_set FREE, 0, 5 << 27
  set_bits cr4, 0x1000000
  wrmsr_ 0x6e1, 1 << 10
fault:
  mov al, [FREE]
