// mode: prot32 long64
// cpu: Haswell,-abm
// manual: SDM vol. 2 LZCNT: where CPUID lacks LZCNT the encoding is BSR
// pitfall: 21 24
// expect: eax=4
  mov ebp, 0x10
  lzcnt eax, ebp
  hlt
