// mode: real16 prot32 long64
// machine: pc
// pitfall: 29
// manual: ICH9 datasheet 13.7.5 RST_CNT: RST_CPU going from 0 to 1 with SYS_RST clear gives INIT#
// manual: SDM vol. 3 table 10-1 INIT: the processor begins at FFFFFFF0h and keeps memory and XMM registers
// expect: cs=0xf000 cs.base=0xffff0000 rip=0xfff1 cr0=0x10/0x9fffffff flags=!if,!cf efer=0 xmm0.lo=0x1234 mem32[data_page]=0x5678
  init_ends_here
  mov dx, 0xcf9
  xor eax, eax
  out dx, al
  mov al, 4
  out dx, al
  jmp .
