// mode: prot32 long64
// manual: SDM vol. 2 LMSW: only the low four bits of the operand count
// expect: cr0=0x31/0x3f
  mov ax, 0xfff1
  lmsw ax
  hlt
