// mode: prot16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FLDCW: unmasking an exception whose flag is set makes it pending for the next instruction
// expect-fault: mf at=fault ax=0x8084/0x8084 st0.lo=0x8000000000000000
  fninit
  fldz
  fld1
  fdivrp
  fcw_ 0x37b
  fnstsw ax
fault:
  fldz
