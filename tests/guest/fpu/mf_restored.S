// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FXRSTOR: a restored unmasked exception is pending for the next waiting instruction
// expect-fault: mf at=fault
  zero_divide
  fxsave [DATA]
  fnclex
  fxrstor [DATA]
fault:
  fwait
