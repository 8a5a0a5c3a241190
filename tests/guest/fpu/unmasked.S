// mode: prot32 long64
// manual: SDM vol. 1 8.7: #MF at the next waiting instruction with CR0.NE
// expect-fault: mf at=fault fsw=0x8084/0x8084
  fninit
  mov word ptr [DATA], 0x37b
  fldcw [DATA]
  fld1
  fldz
  fdivp
  fnstsw ax
fault:
  fwait
