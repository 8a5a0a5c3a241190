// mode: real16 prot16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.7.2, appendix D: with CR0.NE = 0 the processor stops before the waiting instruction; no interrupt comes, as IF = 0
// expect: rip=fault bx=0
  ne_off
  zero_divide
  xor bx, bx
fault:
  fwait
  mov bx, 1
  hlt
