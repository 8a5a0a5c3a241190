// mode: prot32 long64
// needs: fxsr
// pitfall: 5
// manual: SDM vol. 2 FXSAVE: #NM by CR0.EM
// expect-fault: nm at=fault
  set_bits cr0, 4
fault:
  fxsave [DATA]
