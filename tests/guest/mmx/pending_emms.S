// mode: prot32 long64
// pitfall: 5 23
// manual: SDM vol. 2 EMMS: #MF if an exception is pending
// expect-fault: mf at=fault
  zero_divide
fault:
  emms
