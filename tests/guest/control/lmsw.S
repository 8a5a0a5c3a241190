// mode: prot32 long64
// manual: SDM vol. 2 LMSW: MP, EM, TS may change both ways, PE only be set
// expect: cr0=0x0b/0xf
  mov ax, 0xf
  lmsw ax
  mov ax, 0xa
  lmsw ax
  hlt
