// mode: prot32
// manual: SDM vol. 2 RET: data segments with DPL < CPL are loaded with NULL
// expect: ds=0 es=0x2b cs=0x23
  mov eax, DATA3
  mov es, ax
  push DATA3
  push USER_STACK
  push CODE3_32
  push offset user
  retf
  .section .user
user:
  done
