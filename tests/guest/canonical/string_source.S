// mode: long64
// manual: SDM vol. 1 3.3.7.1: #GP(0) for strings; vol. 2 REP: the registers of the faulting iteration
// pitfall: 8
// expect-fault: gp 0 at=fault rcx=5 rsi=0x800000000000
  mov rsi, 0x800000000000
  mov rdi, DATA
  mov ecx, 5
fault:
  rep movsb
