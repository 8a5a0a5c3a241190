// mode: prot32
// manual: SDM vol. 2 ARPL: #GP(0) if the destination lies in a segment that is not writable
// pitfall: 10
// init: ecx=3
// expect-fault: gp 0 at=fault
  mov word ptr [DATA], 0x10
fault:
  arpl cs:[DATA], cx
