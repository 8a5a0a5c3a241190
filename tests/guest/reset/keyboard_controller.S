// mode: real16 prot32 long64
// machine: pc
// pitfall: 29
// manual: 8042 command FEh pulses output bit 0, which is the processor's reset
// expect-exit: reset
  mov al, 0xfe
  out 0x64, al
  jmp .
