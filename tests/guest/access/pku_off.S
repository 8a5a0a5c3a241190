// mode: prot32 long64
// needs: pku
// manual: SDM vol. 2 RDPKRU, WRPKRU: #UD with CR4.PKE = 0
// expect: ebx=2
  handler 6, counted
  xor ecx, ecx
  xor edx, edx
  slot rdpkru
  slot wrpkru
  end_slots
  hlt
counted:
  next_slot
