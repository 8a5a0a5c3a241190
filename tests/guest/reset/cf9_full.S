// mode: prot32 long64
// machine: pc
// pitfall: 29
// manual: ICH9 datasheet 13.7.5 RST_CNT: FULL_RST with SYS_RST, then RST_CPU, resets everything
// expect-exit: reset
  mov dx, 0xcf9
  mov al, 0x0a
  out dx, al
  mov al, 0x0e
  out dx, al
  jmp .
