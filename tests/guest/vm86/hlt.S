// mode: prot32
// manual: SDM vol. 3 20.2: virtual-8086 mode is CPL 3: privileged instructions are #GP(0)
// expect: ebx=6 flags=vm
  handler 13, counted
  to_v86 0x23002
counted:
  add esp, 4
  inc ebx
  add dword ptr [esp], 16
  and dword ptr [esp], -16
  iret
  .section .user
  .code16
  slot hlt
  slot mov eax, cr0
  slot lmsw ax
  slot clts
  slot lgdt [0]
  slot rdmsr
  end_slots
  int DONE_VECTOR
