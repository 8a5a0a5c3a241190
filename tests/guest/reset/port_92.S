// mode: real16 prot32 long64
// machine: pc
// pitfall: 29
// manual: ICH9 datasheet 13.7.2 PORT92: INIT_NOW going from 0 to 1 resets the processor
// expect-exit: reset
  in al, 0x92
  and al, 0xfe
  out 0x92, al
  or al, 1
  out 0x92, al
  jmp .
