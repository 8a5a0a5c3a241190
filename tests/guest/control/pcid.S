// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.1: PCIDE needs CR3[11:0] = 0: #GP(0); then CR3[11:0] is the PCID and bit 63 is not stored
// pitfall: 18
// expect: ebx=1 cr3=0x14123
  handler 13, counted
  mov eax, PML4 | 8
  mov cr3, rax
  mov rax, cr4
  bts rax, 17
  slot mov cr4, rax
  end_slots
  mov eax, PML4
  mov cr3, rax
  mov rax, cr4
  bts rax, 17
  mov cr4, rax
  mov rax, 0x8000000000014123
  mov cr3, rax
  hlt
counted:
  next_slot 1
