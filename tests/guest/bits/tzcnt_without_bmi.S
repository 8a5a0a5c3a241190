// mode: prot32 long64
// cpu: Haswell,-bmi1,-bmi2
// manual: SDM vol. 2 TZCNT: where CPUID lacks BMI1 the encoding is BSF: a source of 0 sets ZF
// pitfall: 21 24
// init: flags=!zf
// expect: flags=zf
  mov ebp, 0
  tzcnt eax, ebp
  hlt
