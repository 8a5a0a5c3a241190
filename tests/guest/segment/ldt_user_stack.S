// mode: prot32
// manual: SDM vol. 3 3.5.1: a stack segment in the LDT; an interrupt saves its selector
// expect: ss=0xf esp=0x800 mem32[0x127fc]=5
  descriptor FREE_SELECTOR, DATA, 0xf, 0x82, 0
  mov ax, FREE_SELECTOR
  lldt ax
  mov dword ptr [DATA + 8], 0x20000fff
  mov dword ptr [DATA + 12], 0x0040f301
  push 0xf
  push 0x800
  push 2
  push CODE3_32
  push offset user
  iret
  .section .user
user:
  push 5
  pop eax
  done
