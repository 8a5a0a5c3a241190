// mode: real16 prot32 long64
// machine: pc
// pitfall: 29
// manual: 8042 command FEh pulses output bit 0, the chip set's RCIN# (ICH9 datasheet 5.13.1.2: INIT#)
// manual: SDM vol. 3 table 10-1 INIT: the processor begins at FFFFFFF0h and keeps memory and XMM registers
// expect: cs=0xf000 cs.base=0xffff0000 rip=0xfff1 cr0=0x10/0x9fffffff flags=!if,!cf efer=0 xmm0.lo=0x1234 mem32[data_page]=0x5678
  init_ends_here
  mov al, 0xfe
  out 0x64, al
  jmp .
