// mode: prot32
// manual: SDM vol. 2 MOV CR: #GP(0) for PG without PE and NW without CD; CD alone and both are good
// pitfall: 18
// expect: ebx=2 cr0=0x60000000/0x60000000
  handler 13, counted
  mov esi, cr0
  mov eax, esi
  and eax, ~1
  or eax, 0x80000000
  slot mov cr0, eax
  end_slots
  mov eax, esi
  or eax, 0x20000000
  slot mov cr0, eax
  end_slots
  mov eax, esi
  or eax, 0x40000000
  slot mov cr0, eax
  end_slots
  or eax, 0x60000000
  slot mov cr0, eax
  end_slots
  hlt
counted:
  next_slot 1
