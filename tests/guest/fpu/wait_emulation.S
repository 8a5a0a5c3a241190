// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 3 table 2-2: WAIT looks at MP and TS only
// expect: bx=7
  set_bits cr0, 4
  fwait
  mov bx, 7
  hlt
