// mode: prot32 long64
// manual: SDM vol. 3 11.6: stores by x87 instructions change code like any other
// pitfall: 25
// expect: ebx=0
  fninit
  fild qword ptr [nops]
  fistp qword ptr [target]
target:
  .rept 4
  mov bl, 1
  .endr
  hlt
nops:
  .fill 8, 1, 0x90  // a negative number, and exact: 63 bits fit
