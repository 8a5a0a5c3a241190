// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.6: with CR0.WP set a supervisor write to a read-only page faults; 4.10.4.1: so it does in a space that is come back to
// expect-fault: pf 3 at=fault cr2=page
  .equ page, FREE
  mov dword ptr [FREE], 0x11
  mov rax, cr0
  and eax, ~0x10000
  mov cr0, rax
  page_clear FREE, 2
  set_bits cr4, 0x20000
  mov r8, 0x8000000000000000 + PML4 + 1
  mov cr3, r8
  mov dword ptr [FREE], 0x12
  mov r9, 0x8000000000000000 + PML4 + 2
  mov cr3, r9
  set_bits cr0, 0x10000
  mov cr3, r8
fault:
  mov dword ptr [FREE], 0x13
  hlt
