// mode: prot32 long64
// machine: pc
// pitfall: 29
// manual: ICH9 datasheet 13.7.5 RST_CNT: SYS_RST and FULL_RST alone only choose the kind of reset
// expect: al=0x0a
  mov dx, 0xcf9
  mov al, 0x0a
  out dx, al
  xor eax, eax
  in al, dx
  hlt
