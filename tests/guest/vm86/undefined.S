// mode: prot32
// manual: SDM vol. 3 20.2: instructions that real-address mode does not know are #UD in virtual-8086 mode too
// pitfall: 10
// expect: ebx=9 flags=vm
  handler 6, counted
  to_v86 0x23002
counted:
  inc ebx
  add dword ptr [esp], 16
  and dword ptr [esp], -16
  iret
  .section .user
  .code16
  slot lldt ax
  slot ltr ax
  slot lar ax, cx
  slot lsl ax, cx
  slot verr ax
  slot verw ax
  slot str ax
  slot sldt ax
  slot arpl ax, cx
  end_slots
  int DONE_VECTOR
