// mode: real16
// manual: SDM vol. 2 MOV CR: #GP(0) if PG is set and PE clear
// pitfall: 18
// expect-fault: gp at=fault
  mov eax, cr0
  or eax, 0x80000000
fault:
  mov cr0, eax
