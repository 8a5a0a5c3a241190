// mode: prot32 long64
// needs: xsave
// pitfall: 5
// manual: SDM vol. 1 13.8: XRSTOR does not check for pending x87 exceptions, and what it loads is reported later
// expect-fault: mf at=fault
  set_bits cr4, 0x40000
  zero_divide
  mov eax, 1
  xor edx, edx
  xsave [DATA]
  fnclex
  xrstor [DATA]
fault:
  fld1
