// mode: real16 prot16 prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 1 8.7: the exception is reported before the next waiting instruction; 8.5.3: with #Z unmasked nothing is popped
// expect-fault: mf at=fault fsw=0xb084/0xb8ff st0.lo=0 st1.hi=0x3fff
  zero_divide
  nop
fault:
  fld1
