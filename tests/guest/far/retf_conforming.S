// mode: prot32
// manual: SDM vol. 2 RET: a conforming code segment may be returned to if its DPL is at or below the selector's RPL
// expect: cs=0x63 ss=0x2b
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbf, 0xc
  push DATA3
  push USER_STACK
  push FREE_SELECTOR|3
  push offset user
  retf
  .section .user
user:
  done
