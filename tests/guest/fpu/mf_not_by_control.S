// mode: real16 prot16 prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 1 8.3.12, 8.7.1: FNSTSW, FNSTCW, FNCLEX do not wait for a pending exception
// expect: ax=0xb084/0xb8ff mem16[data_page]=0x37b fsw=0x3000/0xb8ff
  zero_divide
  fnstsw ax
  fnstcw [DATA]
  fnclex
  fwait
  hlt
