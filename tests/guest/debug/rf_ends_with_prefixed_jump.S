// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.1: RF is cleared after an instruction; REP makes a jump to itself no repetition (seen on Zen 4)
// pitfall: 16
// expect-fault: db at=jump
// expect: flags=tf,!rf
#if MODE_LONG64
  mov rax, rsp
  push DATA0
  push rax
  push 0x10102
  push CODE0_64
  push offset jump
  iretq
#else
  push 0x10102
  push CODE0_32
  push offset jump
  iret
#endif
jump:
  .byte 0xf3, 0xeb, 0xfd   # REP JMP jump
