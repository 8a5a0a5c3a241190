// mode: real16
// manual: SDM vol. 3 20.1.1: a 32-bit offset beyond FFFFH is #GP
// pitfall: 1
// expect-fault: gp none at=fault
  mov ebx, 0x10000
fault:
  mov al, [ebx]
