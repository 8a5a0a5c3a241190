// mode: real16 prot32 long64
// machine: pc
// manual: ICH9 datasheet 13.7.5 RST_CNT: SYS_RST with RST_CPU going from 0 to 1 resets
// pitfall: 29
// expect-exit: reset
  mov dx, 0xcf9
  mov al, 2
  out dx, al
  mov al, 6
  out dx, al
  jmp .
