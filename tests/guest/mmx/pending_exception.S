// mode: prot16 prot32 long64
// pitfall: 5 23
// manual: SDM vol. 1 9.6.4: a pending x87 exception is reported before the MMX instruction executes
// expect-fault: mf at=fault fsw=0xb084/0xb8ff ftw=0xc0
  zero_divide
fault:
  movq mm0, mm1
