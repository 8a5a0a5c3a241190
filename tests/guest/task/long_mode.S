// mode: long64 compat32
// manual: SDM vol. 3 7.7: no task switches in IA-32e mode: #GP(selector)
// pitfall: 11
// expect-fault: gp 0x40 at=fault
  mov word ptr [DATA + 4], TSS_SELECTOR
  nop
fault:
  call fword ptr [DATA]
